// The hash of every table whose keys come from outside. It is keyed: who does not know the key
// cannot choose texts or numbers that meet in one place of a table and make it slow.
//
// No result may depend on it: tables are looked up in, and where one is gone through, the order is
// somebody else's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ci::wire {

struct HashKey {
    std::uint64_t first = 0, second = 0;
};

/// The program draws it before it makes its first table; what does not, tests and benchmarks, has
/// the same one each time.
void set_hash_key(const HashKey& key) noexcept;
[[nodiscard]] const HashKey& hash_key() noexcept;

/// SipHash-1-3 (Aumasson, Bernstein: one round for each word, three at the end).
[[nodiscard]] std::uint64_t sip_hash(std::string_view text, const HashKey& key) noexcept;

/// Multiplies, and folds the product's halves: every bit of both counts.
constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

[[nodiscard]] inline std::uint64_t hash_of(std::string_view text) noexcept {
    return sip_hash(text, hash_key());
}
/// For numbers that others can influence, though not set bit by bit: ids, descriptors, counts.
[[nodiscard]] inline std::uint64_t hash_of(std::uint64_t number) noexcept {
    return fold(number ^ hash_key().first, hash_key().second);
}

/// For the standard's tables of texts, and of numbers.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return static_cast<std::size_t>(hash_of(text));
    }
};
struct NumberHash {
    std::size_t operator()(std::uint64_t number) const noexcept {
        return static_cast<std::size_t>(hash_of(number));
    }
};

}  // namespace ci::wire
