#include "dialog/names.h"

namespace ci::dialog {

Names::Names() {
    ids_.emplace(std::string_view(), 0);
    for (const std::string_view name : method::names) of(name);
}

Id Names::of(std::string_view text) {
    return ids_.emplace(text, static_cast<Id>(ids_.size())).first->second;
}

std::size_t KeyHash::operator()(const Key& key) const noexcept {
    // The finaliser of splitmix64 after each word: numbers given in sequence must not collide.
    std::uint64_t hash = 0;
    for (const std::uint64_t word : key) {
        hash = (hash ^ word) + 0x9e3779b97f4a7c15U;
        hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9U;
        hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebU;
        hash ^= hash >> 31U;
    }
    return static_cast<std::size_t>(hash);
}

Id Stacks::push(Id top, Id rest) {
    const auto [found, is_new] = ids_.emplace(both(top, rest), static_cast<Id>(cells_.size()));
    if (is_new) cells_.push_back({top, rest, cells_[rest].depth + 1});
    return found->second;
}

}  // namespace ci::dialog
