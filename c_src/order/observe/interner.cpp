#include "order/observe/interner.h"

namespace ci::order {

Interner::Interner(std::size_t expected) {
    ids_.reserve(expected);
    ids_.emplace(std::string_view(), 0);
    for (const std::string_view name : method::names) of(name);
}

Symbol Interner::of(std::string_view text) {
    return *ids_.emplace(text, static_cast<Symbol>(ids_.size())).first;
}

std::size_t KeyHash::operator()(const Key& key) const noexcept {
    // Multiplies and folds, as wyhash does. A factor of 0 would cancel the other factor, but a
    // sender that does not know the hash's key cannot produce one.
    const wire::HashKey& secret = wire::hash_key();
    std::uint64_t hash = 0x8ebc6af09c88c6e3U;
    for (std::size_t i = 0; i < key.size(); i += 2) {
        const std::uint64_t next = i + 1 < key.size() ? key[i + 1] : 0;
        hash = wire::fold(key[i] ^ secret.first ^ hash, next ^ secret.second);
    }
    return static_cast<std::size_t>(hash);
}

}  // namespace ci::order
