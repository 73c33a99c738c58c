// Texts as small numbers, so that ordering compares and hashes integers.
//
// Numbers are assigned in the order of first use. Observations have an order that does not depend
// on the input's (observation.h), so equal input gives equal numbers however it was shuffled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "order/observe/flat_hash_map.h"
#include "wire/hash.h"

namespace ci::order {

/// A text's number; 0 is the empty text.
using Symbol = std::uint32_t;

/// The methods that ordering knows by name have fixed numbers.
namespace method {
inline constexpr Symbol invite = 1, ack = 2, cancel = 3, bye = 4, prack = 5, update = 6, info = 7,
                        notify = 8, message = 9, options = 10, subscribe = 11, refer = 12;
inline constexpr std::string_view names[] = {"INVITE",  "ACK",     "CANCEL",    "BYE",
                                             "PRACK",   "UPDATE",  "INFO",      "NOTIFY",
                                             "MESSAGE", "OPTIONS", "SUBSCRIBE", "REFER"};
}  // namespace method

/// Keeps views: the texts must outlive the Interner.
class Interner {
  public:
    /// `expected`: roughly how many texts there will be.
    explicit Interner(std::size_t expected);
    Symbol of(std::string_view text);

  private:
    FlatHashMap<std::string_view, Symbol, wire::TextHash> ids_;
};

/// Several numbers as one key of a hash table.
using Key = std::array<std::uint64_t, 5>;
struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
};
template <class Value>
using KeyMap = FlatHashMap<Key, Value, KeyHash>;

/// Two numbers as one word of a key.
constexpr std::uint64_t pack(Symbol high, Symbol low) noexcept {
    return (static_cast<std::uint64_t>(high) << 32U) | low;
}

/// The same key for (a, b) and (b, a).
constexpr std::uint64_t pack_unordered(Symbol a, Symbol b) noexcept {
    return a < b ? pack(a, b) : pack(b, a);
}

}  // namespace ci::order
