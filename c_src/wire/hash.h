// The hash for all tables whose keys come from outside. It is keyed: an attacker who does not know
// the key cannot choose texts or numbers that collide and slow a table down.
//
// No result may depend on the hash: tables are used for look-ups, and where a table is iterated,
// the order of the result must come from elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ci::wire {

struct HashKey {
    std::uint64_t first = 0, second = 0;
};

/// The program sets a random key before it makes its first table. Tests and benchmarks do not call
/// this and have the same key each time.
void set_hash_key(const HashKey& key) noexcept;
[[nodiscard]] const HashKey& hash_key() noexcept;

/// SipHash-1-3 (Aumasson, Bernstein: one round for each word, three at the end).
[[nodiscard]] std::uint64_t sip_hash(std::string_view text, const HashKey& key) noexcept;

/// Multiplies and folds the halves of the product: every bit of both factors counts.
constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

[[nodiscard]] inline std::uint64_t hash_of(std::string_view text) noexcept {
    return sip_hash(text, hash_key());
}
/// For numbers that outsiders can influence but not set bit by bit: ids, descriptors, counts.
[[nodiscard]] inline std::uint64_t hash_of(std::uint64_t number) noexcept {
    return fold(number ^ hash_key().first, hash_key().second);
}

/// Hashers for the standard library's tables of texts and of numbers.
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
