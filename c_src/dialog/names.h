// Texts and Via stacks as small numbers, so that the rest of the room compares and hashes integers.
//
// Numbers are given in the order of first use. The observations come in an order of their own
// (observation.h), so equal input gives equal numbers however it was shuffled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dialog/table.h"
#include "wire/hash.h"

namespace ci::dialog {

/// A text's number; 0 is the empty text.
using Id = std::uint32_t;

/// The methods that ordering knows by name have fixed numbers.
namespace method {
inline constexpr Id invite = 1, ack = 2, cancel = 3, bye = 4, prack = 5, update = 6, info = 7,
                    notify = 8, message = 9, options = 10, subscribe = 11, refer = 12;
inline constexpr std::string_view names[] = {"INVITE",  "ACK",     "CANCEL",    "BYE",
                                             "PRACK",   "UPDATE",  "INFO",      "NOTIFY",
                                             "MESSAGE", "OPTIONS", "SUBSCRIBE", "REFER"};
}  // namespace method

/// Views: the texts must live as long as this does.
class Names {
  public:
    /// `expected`: how many there will be, roughly.
    explicit Names(std::size_t expected);
    Id of(std::string_view text);

  private:
    FlatTable<std::string_view, Id, wire::TextHash> ids_;
};

/// Several numbers as one key of a hash table.
using Key = std::array<std::uint64_t, 5>;
struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
};
template <class Value>
using Table = FlatTable<Key, Value, KeyHash>;

/// Two numbers as one word of a key.
constexpr std::uint64_t both(Id high, Id low) noexcept {
    return (static_cast<std::uint64_t>(high) << 32U) | low;
}

/// The same for both orders of the two.
constexpr std::uint64_t unordered(Id a, Id b) noexcept {
    return a < b ? both(a, b) : both(b, a);
}

/// Via stacks as linked lists that share their tails: what a proxy forwards is what it received
/// plus one Via on top, so the stack of the message before is `rest` of the one after.
class Stacks {
  public:
    /// The stack with `top` above `rest`; 0 is the empty stack.
    Id push(Id top, Id rest);
    [[nodiscard]] Id top(Id stack) const { return cells_[stack].top; }
    [[nodiscard]] Id rest(Id stack) const { return cells_[stack].rest; }
    [[nodiscard]] std::size_t depth(Id stack) const { return cells_[stack].depth; }

    /// What the stack was before, and before that: the hops behind, nearest first. No more than a
    /// message can have come over: a short one whose request had thousands of Vias must not cost
    /// them all.
    class Below {
      public:
        class Iterator {
          public:
            Iterator(const Stacks& of, Id at, int left) : of_(of), at_(at), left_(left) {}
            Id operator*() const { return at_; }
            Iterator& operator++() {
                at_ = --left_ > 0 ? of_.rest(at_) : 0;
                return *this;
            }
            bool operator!=(const Iterator& other) const { return at_ != other.at_; }

          private:
            const Stacks& of_;
            Id at_;
            int left_;
        };
        Below(const Stacks& of, Id from) : of_(of), from_(from) {}
        [[nodiscard]] Iterator begin() const { return {of_, of_.rest(from_), most_hops}; }
        [[nodiscard]] Iterator end() const { return {of_, 0, 0}; }

      private:
        /// Max-Forwards begins with 70 (RFC 3261 8.1.1.6).
        static constexpr int most_hops = 70;
        const Stacks& of_;
        Id from_;
    };
    [[nodiscard]] Below below(Id stack) const { return {*this, stack}; }

  private:
    struct Cell {
        Id top = 0, rest = 0;
        std::size_t depth = 0;
    };
    std::vector<Cell> cells_ = {Cell{}};
    FlatTable<std::uint64_t, Id, wire::NumberHash> ids_;
};

}  // namespace ci::dialog
