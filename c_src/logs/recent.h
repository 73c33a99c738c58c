// A table by text whose entries are in the order of their last use, so that the one that was not
// used for longest can go first. The caller bounds it, as it knows what an entry costs.
#pragma once

#include <cstddef>
#include <cstdint>
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
        std::uint64_t hash = 0;  ///< of the key
        Value value;
    };

    /// Counts as a use. Null: there is none.
    [[nodiscard]] Entry* find(std::string_view key) {
        const auto found = places_.find(named(key));
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
        entry.hash = wire::hash_of(entry.key);
        places_.emplace(Name{entry.hash, entry.key}, std::prev(entries_.end()));
        return entry;
    }
    void erase(Entry& entry) {
        const auto found = places_.find(Name{entry.hash, entry.key});
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
    /// A key with its hash, which is computed once.
    struct Name {
        std::uint64_t hash;
        std::string_view text;
        bool operator==(const Name&) const = default;
    };
    struct NameHash {
        std::size_t operator()(const Name& name) const noexcept {
            return static_cast<std::size_t>(name.hash);
        }
    };
    static Name named(std::string_view key) noexcept { return {wire::hash_of(key), key}; }

    std::list<Entry> entries_, spare_;
    std::unordered_map<Name, typename std::list<Entry>::iterator, NameHash> places_;
};

}  // namespace ci::logs
