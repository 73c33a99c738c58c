#include "clocks/identity.h"

#include <functional>
#include <string_view>

namespace ci::clocks {
namespace {

/// As boost::hash_combine and splitmix64 do.
std::uint64_t mixed(std::uint64_t seed, std::uint64_t value) noexcept {
    std::uint64_t x = seed + 0x9e3779b97f4a7c15U + value;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
}

std::uint64_t hash(std::string_view text) noexcept {
    return std::hash<std::string_view>{}(text);
}

std::uint64_t hash(const wire::Endpoint& endpoint) noexcept {
    const auto& bytes = endpoint.address.bytes;
    const std::string_view address(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return mixed(hash(address), endpoint.port);
}

}  // namespace

std::uint64_t identity(const chunk::Draft& draft) noexcept {
    std::uint64_t result = hash(draft.call_id);
    result = mixed(result, hash(draft.c_seq));
    result = mixed(result, hash(draft.label));
    result = mixed(result, hash(draft.src));
    return mixed(result, hash(draft.dst));
}

}  // namespace ci::clocks
