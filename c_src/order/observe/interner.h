// Texts and Via stacks as small numbers, so that ordering compares and hashes integers.
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
using Table = FlatHashMap<Key, Value, KeyHash>;

/// Two numbers as one word of a key.
constexpr std::uint64_t pack(Symbol high, Symbol low) noexcept {
    return (static_cast<std::uint64_t>(high) << 32U) | low;
}

/// The same key for (a, b) and (b, a).
constexpr std::uint64_t pack_unordered(Symbol a, Symbol b) noexcept {
    return a < b ? pack(a, b) : pack(b, a);
}

/// Via stacks as linked lists that share their tails. A proxy puts one Via on top of the request
/// that it forwards (RFC 3261 16.6), so the stack of the request received is `rest` of the one
/// sent.
class ViaStacks {
  public:
    /// The stack with `top` above `rest`; 0 is the empty stack.
    Symbol push(Symbol top, Symbol rest);
    [[nodiscard]] Symbol top(Symbol stack) const { return cells_[stack].top; }
    [[nodiscard]] Symbol rest(Symbol stack) const { return cells_[stack].rest; }
    [[nodiscard]] std::size_t depth(Symbol stack) const { return cells_[stack].depth; }

    /// The stacks of the hops upstream, nearest first. There are at most `max_hops`, because a
    /// message can have passed no more: a short response to a request with thousands of Vias must
    /// not cost a walk through all of them.
    class Below {
      public:
        class Iterator {
          public:
            Iterator(const ViaStacks& of, Symbol at, int left) : of_(of), at_(at), left_(left) {}
            Symbol operator*() const { return at_; }
            Iterator& operator++() {
                at_ = --left_ > 0 ? of_.rest(at_) : 0;
                return *this;
            }
            bool operator!=(const Iterator& other) const { return at_ != other.at_; }

          private:
            const ViaStacks& of_;
            Symbol at_;
            int left_;
        };
        Below(const ViaStacks& of, Symbol from) : of_(of), from_(from) {}
        [[nodiscard]] Iterator begin() const { return {of_, of_.rest(from_), max_hops}; }
        [[nodiscard]] Iterator end() const { return {of_, 0, 0}; }

      private:
        /// Max-Forwards begins with 70 (RFC 3261 8.1.1.6).
        static constexpr int max_hops = 70;
        const ViaStacks& of_;
        Symbol from_;
    };
    [[nodiscard]] Below below(Symbol stack) const { return {*this, stack}; }

  private:
    struct Cell {
        Symbol top = 0, rest = 0;
        std::size_t depth = 0;
    };
    std::vector<Cell> cells_ = {Cell{}};
    FlatHashMap<std::uint64_t, Symbol, wire::NumberHash> ids_;
};

}  // namespace ci::order
