// A hash table without a node for each entry (open addressing, linear probing). Ordering looks up a
// dozen keys for each message, and allocating nodes for them would take most of its time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "wire/patience.h"

namespace ci::order {

template <class Key>
bool is_same(const Key& a, const Key& b) {
    return a == b;
}
/// Avoids a call of memcmp(), which takes longer than comparing five words.
template <std::size_t words>
bool is_same(const std::array<std::uint64_t, words>& a, const std::array<std::uint64_t, words>& b) {
    std::uint64_t differences = 0;
    for (std::size_t i = 0; i < words; ++i) differences |= a[i] ^ b[i];
    return differences == 0;
}

/// Only grows. Pointers hold until the next emplace().
template <class Key, class Value, class Hash>
class FlatHashMap {
  public:
    /// Makes room for `count` entries without growing.
    void reserve(std::size_t count) {
        std::size_t room = 16;
        while (room < 2 * count) room *= 2;
        if (room > slots_.size()) grow(room);
    }

    /// The value stored under `key`, and whether this call inserted it.
    std::pair<Value*, bool> emplace(const Key& key, Value value) {
        if (2 * (count_ + 1) > slots_.size()) grow(slots_.empty() ? 16 : 2 * slots_.size());
        Slot& slot = slots_[place(key)];
        if (slot.used) return {&slot.value, false};
        slot.key = key;
        slot.value = std::move(value);
        slot.used = true;
        ++count_;
        return {&slot.value, true};
    }

    /// Null: no such key.
    [[nodiscard]] const Value* find(const Key& key) const {
        if (slots_.empty()) return nullptr;
        const Slot& slot = slots_[place(key)];
        return slot.used ? &slot.value : nullptr;
    }

    [[nodiscard]] std::size_t size() const { return count_; }

  private:
    struct Slot {
        Key key{};
        Value value{};
        bool used = false;
    };

    [[nodiscard]] std::size_t place(const Key& key) const {
        wire::may_go_on();  // every long computation looks up keys
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = Hash{}(key)&mask;
        while (slots_[at].used && !is_same(slots_[at].key, key)) at = (at + 1) & mask;
        return at;
    }

    void grow(std::size_t room) {
        std::vector<Slot> old(room);
        old.swap(slots_);
        for (Slot& slot : old) {
            if (slot.used) slots_[place(slot.key)] = std::move(slot);
        }
    }

    std::vector<Slot> slots_;  // a power of two
    std::size_t count_ = 0;
};

}  // namespace ci::order
