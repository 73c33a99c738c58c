#include "wire/hash.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <set>
#include <string>
#include <utility>

namespace ci::wire {
namespace {

TEST(SipHash, IsThatOfItsAuthors) {
    // CPython's hash of bytes is SipHash-1-3; with PYTHONHASHSEED=0 its key is zeros.
    constexpr std::string_view text = "INVITE sip:b@192.0.2.2 SIP/2.0";
    constexpr std::pair<std::size_t, std::uint64_t> hashes[] = {
        {1, 0x9bb611d729802a56U}, {7, 0xcc1d3ca6aa043ea1U},  {8, 0x9b26b5898fc35f3aU},
        {9, 0x8c07549a09fb1ad2U}, {16, 0x67d9eddae706f015U}, {30, 0x4ded677e54310a31U}};
    for (const auto& [length, hash] : hashes) {
        EXPECT_EQ(sip_hash(text.substr(0, length), {}), hash) << length;
    }
}

/// Two blocks of eight octets that leave the standard library's hash (MurmurHash64A, with a known
/// seed) in states that differ only in the highest bit. Two such pairs in a row cancel out.
std::pair<std::string, std::string> twins(std::uint64_t number) {
    constexpr std::uint64_t factor = 0xc6a4a7935bd1e995U;
    std::uint64_t inverse = 1;
    for (int i = 0; i < 6; ++i) inverse *= 2 - factor * inverse;
    const auto folded = [](std::uint64_t x) { return x ^ (x >> 47U); };
    const std::uint64_t mixed = folded(number * factor) * factor;
    const std::uint64_t other = folded((mixed ^ (std::uint64_t{1} << 63U)) * inverse) * inverse;
    const auto text = [](std::uint64_t word) {
        std::string bytes(sizeof word, '\0');
        std::memcpy(bytes.data(), &word, sizeof word);
        return bytes;
    };
    return {text(number), text(other)};
}

TEST(TextHash, TellsApartWhatWasMadeToCollide) {
    constexpr std::size_t bits = 10;
    std::set<std::size_t> standard, own;
    for (std::size_t n = 0; n < 1U << bits; ++n) {
        std::string text;
        for (std::size_t bit = 0; bit < bits; ++bit) {
            for (const std::uint64_t of : {2 * bit, 2 * bit + 1}) {
                const auto [one, two] = twins(0x4142434445464748U + of);
                text += (n >> bit) % 2 == 0 ? one : two;
            }
        }
        standard.insert(std::hash<std::string_view>{}(text));
        own.insert(TextHash{}(text));
    }
#ifdef __GLIBCXX__
    EXPECT_EQ(standard.size(), 1U);
#endif
    EXPECT_EQ(own.size(), 1U << bits);
}

/// The steps put all numbers into one place of a table whose hash is the number itself, or the
/// number times a known factor.
TEST(NumberHash, TellsApartWhatWasMadeToCollide) {
    constexpr std::uint64_t golden_inverse = 0xf1de83e19937733dU;
    for (const std::uint64_t step : {std::uint64_t{1} << 32U, std::uint64_t{1} << 20U,
                                     std::uint64_t{10'273}, golden_inverse << 26U}) {
        constexpr std::size_t places = 4'096;
        std::set<std::size_t> taken;
        for (std::uint64_t n = 0; n < places; ++n) taken.insert(NumberHash{}(n * step) % places);
        EXPECT_GT(taken.size(), places / 2) << step;  // random hashes fill 63 %
    }
}

class OtherKey {
  public:
    explicit OtherKey(const HashKey& key) { set_hash_key(key); }
    ~OtherKey() { set_hash_key(before_); }
    OtherKey(const OtherKey&) = delete;
    OtherKey& operator=(const OtherKey&) = delete;

  private:
    HashKey before_ = hash_key();
};

TEST(HashKey, DecidesEveryHash) {
    const std::array before = {hash_of("z9hG4bK"), hash_of(std::uint64_t{7})};
    const OtherKey other({1, 2});
    EXPECT_NE(hash_of("z9hG4bK"), before[0]);
    EXPECT_NE(hash_of(std::uint64_t{7}), before[1]);
}

TEST(HashKey, OfZerosStillTellsNumbersApart) {
    const OtherKey other({0, 0});
    EXPECT_NE(hash_of(std::uint64_t{1}), hash_of(std::uint64_t{2}));
}

}  // namespace
}  // namespace ci::wire
