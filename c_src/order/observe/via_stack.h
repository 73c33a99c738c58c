// Via stacks as small numbers: linked lists that share their tails. A proxy puts one Via on top of
// the request that it forwards (RFC 3261 16.6), so the stack of the request received is `rest` of
// the one sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "order/observe/flat_hash_map.h"
#include "order/observe/interner.h"
#include "wire/hash.h"

namespace ci::order {

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
