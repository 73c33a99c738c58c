#include "calls/course/hosts_of_call.h"

#include "calls/hosts.h"

namespace ci::calls {

HostsOfCall::HostsOfCall(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                         const Rules& rules)
    : rules_(rules) {
    for (const order::Event& event : flow.events) {
        const chunk::Chunk& chunk = chunks[event.chunk];
        if (!chunk.event.empty()) continue;
        const auto src = wire::parse_endpoint(chunk.src), dst = wire::parse_endpoint(chunk.dst);
        if (src && dst && src->address == dst->address) {
            shared_.insert(wire::to_string(src->address));
        }
    }
    for (const order::Clock& clock : flow.clocks) {
        if (!clock.host.empty()) watched_.insert(clock.host);
    }
}

std::string HostsOfCall::name(const wire::Endpoint& endpoint) const {
    const std::string_view named = name_of(endpoint, rules_.hosts);
    if (!named.empty()) return std::string(named);
    std::string address = wire::to_string(endpoint.address);
    return shared_.contains(address) ? wire::to_string(endpoint) : address;
}

std::size_t HostsOfCall::find(std::string_view endpoint) {
    std::string text(endpoint);
    const auto known = by_endpoint_.find(text);
    if (known != by_endpoint_.end()) return known->second;
    const auto parsed = wire::parse_endpoint(endpoint);
    std::size_t host = none;
    if (parsed && parsed->address != wire::Address{parsed->address.family, {}}) {
        const auto [named, is_new] = by_name_.emplace(name(*parsed), hosts_.size());
        host = named->second;
        if (is_new) hosts_.push_back({named->first, parsed->address, false});
        if (watched_.contains(wire::to_string(parsed->address))) hosts_[host].is_watched = true;
    }
    by_endpoint_.emplace(std::move(text), host);
    return host;
}

}  // namespace ci::calls
