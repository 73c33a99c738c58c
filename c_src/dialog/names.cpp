#include "dialog/names.h"

namespace ci::dialog {

Names::Names(std::size_t expected) {
    ids_.reserve(expected);
    ids_.emplace(std::string_view(), 0);
    for (const std::string_view name : method::names) of(name);
}

Id Names::of(std::string_view text) {
    return *ids_.emplace(text, static_cast<Id>(ids_.size())).first;
}

std::size_t KeyHash::operator()(const Key& key) const noexcept {
    // Multiply and fold (as wyhash does): numbers given in sequence must not collide. A factor of 0
    // or of all ones would swallow the other one, so none of the usual words may become that.
    constexpr std::uint64_t odd[] = {0xa0761d6478bd642fU, 0xe7037ed1a0b428dbU, 0x8ebc6af09c88c6e3U};
    const auto fold = [](std::uint64_t a, std::uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
    };
    std::uint64_t hash = odd[2];
    for (std::size_t i = 0; i < key.size(); i += 2) {
        const std::uint64_t next = i + 1 < key.size() ? key[i + 1] : 0;
        hash = fold(key[i] ^ odd[0] ^ hash, next ^ odd[1]);
    }
    return static_cast<std::size_t>(hash);
}

Id Stacks::push(Id top, Id rest) {
    const auto [found, is_new] = ids_.emplace(both(top, rest), static_cast<Id>(cells_.size()));
    if (is_new) cells_.push_back({top, rest, cells_[rest].depth + 1});
    return *found;
}

}  // namespace ci::dialog
