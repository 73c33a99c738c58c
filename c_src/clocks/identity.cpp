#include "clocks/identity.h"

#include <string_view>

#include "wire/hash.h"

namespace ci::clocks {
namespace {

std::uint64_t mixed(std::uint64_t seed, std::uint64_t value) noexcept {
    return wire::hash_of(seed + 0x9e3779b97f4a7c15U + value);
}

std::uint64_t hash(const wire::Endpoint& endpoint) noexcept {
    const auto& bytes = endpoint.address.bytes;
    const std::string_view address(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return mixed(wire::hash_of(address), endpoint.port);
}

}  // namespace

std::uint64_t identity(const chunk::Draft& draft) noexcept {
    std::uint64_t result = wire::hash_of(std::string_view(draft.call_id));
    result = mixed(result, wire::hash_of(std::string_view(draft.c_seq)));
    result = mixed(result, wire::hash_of(std::string_view(draft.label)));
    result = mixed(result, hash(draft.src));
    return mixed(result, hash(draft.dst));
}

}  // namespace ci::clocks
