// A table by text whose entries are in the order of their last use, so that the one that was not
// used for longest can go first. The caller bounds it, as it knows what an entry costs.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "wire/hash.h"

namespace ci::logs {

template <class Value>
class Recent {
  public:
    struct Entry {
        std::string key;
        Value value;
    };

    /// Counts as a use. Null: there is none.
    [[nodiscard]] Entry* find(std::string_view key) {
        const auto found = places_.find(key);
        if (found == places_.end()) return nullptr;
        entries_.splice(entries_.end(), entries_, found->second);
        return &*found->second;
    }
    /// `key` must be new. Valid until it is erased.
    Entry& insert(std::string_view key) {
        if (spare_.empty()) spare_.emplace_back();
        auto& entry = spare_.front();
        entry.key = key;
        entries_.splice(entries_.end(), spare_, spare_.begin());
        places_.emplace(entry.key, std::prev(entries_.end()));
        return entry;
    }
    void erase(Entry& entry) {
        const auto found = places_.find(entry.key);
        const auto place = found->second;
        places_.erase(found);
        // One is kept, so that a record after the other needs no new memory.
        constexpr std::size_t small = 4096;
        if (spare_.empty() && entry.key.capacity() < small && entry.value.is_small()) {
            entry.value.clear();
            spare_.splice(spare_.begin(), entries_, place);
        } else {
            entries_.erase(place);
        }
    }
    /// The one that was not used for longest; there must be one.
    [[nodiscard]] Entry& oldest() { return entries_.front(); }
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
    [[nodiscard]] auto end() const noexcept { return entries_.end(); }

  private:
    std::list<Entry> entries_, spare_;
    std::unordered_map<std::string_view, typename std::list<Entry>::iterator, wire::TextHash>
        places_;
};

}  // namespace ci::logs
