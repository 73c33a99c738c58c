#include "calls/hosts.h"

#include <algorithm>

namespace ci::calls {

std::string_view name_of(const wire::Endpoint& endpoint, std::span<const HostName> hosts) noexcept {
    for (const HostName& host : hosts) {
        const auto& own = host.endpoints;
        if (std::find(own.begin(), own.end(), endpoint) != own.end()) return host.name;
    }
    return name_of(endpoint.address, hosts);
}

std::string_view name_of(const wire::Address& address, std::span<const HostName> hosts) noexcept {
    std::string_view name;
    int longest = -1;
    for (const HostName& host : hosts) {
        for (const wire::Network& network : host.networks) {
            if (network.prefix <= longest || !wire::contains(network, address)) continue;
            name = host.name;
            longest = network.prefix;
        }
    }
    return name;
}

}  // namespace ci::calls
