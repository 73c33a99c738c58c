#include "wire/hash.h"

#include <bit>
#include <cstring>

namespace ci::wire {
namespace {

// Digits of pi: the key of tests and benchmarks.
HashKey the_key = {0x243f6a8885a308d3U, 0x13198a2e03707345U};

struct State {
    std::uint64_t v0, v1, v2, v3;

    void round() noexcept {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    void take(std::uint64_t word) noexcept {
        v3 ^= word;
        round();
        v0 ^= word;
    }
};

constexpr std::size_t word_size = sizeof(std::uint64_t);

}  // namespace

void set_hash_key(const HashKey& key) noexcept {
    // A factor of 0 would make all numbers alike.
    the_key = {key.first, key.second | 1U};
}

const HashKey& hash_key() noexcept {
    return the_key;
}

std::uint64_t sip_hash(std::string_view text, const HashKey& key) noexcept {
    State state{key.first ^ 0x736f6d6570736575U, key.second ^ 0x646f72616e646f6dU,
                key.first ^ 0x6c7967656e657261U, key.second ^ 0x7465646279746573U};
    const std::uint64_t length = text.size();
    const char* at = text.data();
    const char* const whole = at + text.size() / word_size * word_size;
    for (; at != whole; at += word_size) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, word_size);  // native byte order: the hash never leaves the machine
        state.take(word);
    }
    std::uint64_t last = length << 56U;
    for (std::size_t i = 0; i < length % word_size; ++i) {
        last |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i);
    }
    state.take(last);
    state.v2 ^= 0xffU;
    state.round();
    state.round();
    state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace ci::wire
