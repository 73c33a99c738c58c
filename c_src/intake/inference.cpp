#include "intake/inference.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "sip/text.h"
#include "wire/text.h"

namespace ci::intake {
namespace {

using wire::npos;
constexpr std::uint16_t sip_port = 5060;

bool is_loopback(const wire::Address& address) noexcept {
    return address == *wire::parse_address("::1");
}

/// Reads "host", "host:port", "[v6]", "[v6]:port" or bare IPv6; literal addresses only.
std::optional<wire::Endpoint> read_host(std::string_view text) {
    text = sip::trim(text);
    const auto colon = text.rfind(':');
    const bool has_port = colon != npos && (text.find(':') == colon || text[colon - 1] == ']');
    const auto address = wire::parse_address(has_port ? text.substr(0, colon) : text);
    if (!address) return std::nullopt;
    const auto port = has_port ? wire::parse_port(text.substr(colon + 1)) : std::nullopt;
    return wire::Endpoint{*address, port.value_or(sip_port)};
}

/// The host of a URI, or of a header value with a URI in angle brackets.
std::optional<wire::Endpoint> read_uri(std::string_view text) {
    if (const auto open = text.find('<'); open != npos) {
        text.remove_prefix(open + 1);
        text = text.substr(0, text.find('>'));
    }
    const auto scheme = text.find(':');
    if (scheme == npos) return std::nullopt;
    text.remove_prefix(scheme + 1);
    const auto host_at = [](std::string_view from) {
        return read_host(from.substr(0, from.find_first_of(";?>, ")));
    };
    // The user part may contain semicolons, and parameters may contain "@".
    if (const auto at = text.find('@'); at != npos) {
        if (const auto host = host_at(text.substr(at + 1))) return host;
    }
    return host_at(text);
}

/// The sender of the request that the top Via belongs to.
std::optional<wire::Endpoint> read_via(const sip::Message& message) {
    const auto vias = sip::vias(message);
    if (vias.empty()) return std::nullopt;
    const sip::Via& top = vias.front();
    auto host = read_host(top.sent_by);
    if (const auto received = wire::parse_address(top.received)) {
        host = wire::Endpoint{*received, host ? host->port : sip_port};
    }
    if (const auto port = wire::parse_port(top.rport); host && port) host->port = *port;
    return host;
}

std::optional<wire::Endpoint> read_request_destination(const sip::Message& message) {
    if (const auto route = read_uri(sip::find_header(message, "Route", 0))) return route;
    return read_uri(message.request_uri);
}

bool fill_in(const std::optional<wire::Endpoint>& inferred, wire::Endpoint& end) {
    if (!inferred || is_unknown(inferred->address)) return false;
    // Where Kamailio does not know the IPv4 address, its port is wrong, too.
    const bool has_port = end.port != 0 && end.address.family != wire::Family::ipv4;
    end = {inferred->address, has_port ? end.port : inferred->port};
    return true;
}

}  // namespace

bool is_unknown(const wire::Address& address) noexcept {
    const auto first = address.bytes[0];
    if (first != 0 && first != 0xff) return false;  // the common case
    const auto all = [&address](std::size_t count, std::uint8_t byte) {
        return std::all_of(address.bytes.begin(),
                           address.bytes.begin() + static_cast<std::ptrdiff_t>(count),
                           [byte](std::uint8_t b) { return b == byte; });
    };
    switch (address.family) {
        case wire::Family::none:
            return true;
        case wire::Family::ipv4:
            return all(4, 0) || all(4, 0xff);
        case wire::Family::ipv6:
            return all(16, 0);
    }
    return false;
}

bool may_be_wrong(const wire::Endpoint& src, const wire::Endpoint& dst,
                  std::uint8_t hep_version) noexcept {
    if (is_unknown(src.address) || is_unknown(dst.address)) return true;
    return hep_version == 3 && src.address.family == wire::Family::ipv6 &&
           src.address == dst.address && src.port != dst.port && !is_loopback(src.address);
}

bool infer_addresses(const sip::Message& message, wire::Endpoint& src, wire::Endpoint& dst) {
    const auto via = read_via(message);
    const auto other = message.is_request ? read_request_destination(message)
                                          : read_uri(sip::find_header(message, "Contact", 'm'));
    const auto& inferred_src = message.is_request ? via : other;
    const auto& inferred_dst = message.is_request ? other : via;
    if (!is_unknown(src.address) && !is_unknown(dst.address)) {
        // One host may send from one port to another, so the message must name a different address
        // with the same port.
        if (!inferred_dst || inferred_dst->port != dst.port ||
            inferred_dst->address == dst.address) {
            return false;
        }
        dst.address = inferred_dst->address;
        return true;
    }
    bool found = false;
    if (is_unknown(src.address)) found = fill_in(inferred_src, src);
    if (is_unknown(dst.address)) found = fill_in(inferred_dst, dst) || found;
    return found;
}

}  // namespace ci::intake
