// private_media_address, private_contact: addresses that the receiver cannot reach.
#include <algorithm>
#include <array>
#include <set>

#include "calls/findings/found.h"
#include "calls/uri.h"
#include "sip/sdp.h"
#include "wire/network.h"

namespace ci::calls {
namespace {

/// RFC 1918, RFC 6598 (carriers' NAT), RFC 3927 and RFC 4291 2.5.6 (link-local), RFC 4193 (ULA).
const std::array<wire::Network, 7>& private_networks() {
    static const std::array<wire::Network, 7> networks = [] {
        constexpr std::array<std::string_view, 7> texts = {
            "10.0.0.0/8",     "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
            "169.254.0.0/16", "fe80::/10",     "fc00::/7"};
        std::array<wire::Network, 7> parsed;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            parsed[i] = wire::parse_network(texts[i]).value_or(wire::Network{});
        }
        return parsed;
    }();
    return networks;
}

bool is_private(const wire::Address& address) {
    const auto& networks = private_networks();
    return std::any_of(networks.begin(), networks.end(), [&](const wire::Network& network) {
        return wire::contains(network, address);
    });
}
bool is_loopback(const wire::Address& address) {
    return address.family == wire::Family::ipv4
               ? address.bytes[0] == 127
               : address == wire::parse_address("::1").value_or(wire::Address{});
}
bool is_public(const wire::Address& address) {
    return address.family != wire::Family::none && !is_private(address) && !is_loopback(address);
}

}  // namespace

void find_addresses(Found& found) {
    const Course& course = found.course;
    std::set<std::string> media, contacts;  // told already
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        if (!is_public(one.from.address) || one.repeat > 0) continue;
        for (const auto& stream : sip::parse_sdp(sip::sdp_in(one.sip.body)).streams) {
            if (stream.port == 0 || !is_private(stream.address)) continue;
            const std::string address = wire::to_string(stream.address);
            if (!media.insert(address).second) continue;
            found.add(Code::private_media_address, Severity::warning,
                      found.host(one.src) + " wants " + std::string(stream.media) + " at " +
                          address + ", which is private, in a message from the public address " +
                          wire::to_string(one.from.address) + ": nobody outside reaches it.",
                      {m}, one.src);
        }
        if (!is_public(one.to.address)) continue;
        const auto contact = sip::find_header(one.sip, "Contact", 'm');
        if (contact.empty() || (!one.sip.is_request && one.sip.status / 100 == 3)) continue;
        const auto host = wire::parse_address(parse_name_addr(contact).uri.host);
        if (!host || !is_private(*host)) continue;
        // A registrar lists the contacts that others registered.
        if (!one.sip.is_request && one.sip.method == "REGISTER") continue;
        const std::string address = wire::to_string(*host);
        if (!contacts.insert(address).second) continue;
        found.add(Code::private_contact, Severity::warning,
                  found.host(one.src) + " gives its Contact as " + address +
                      ", which is private: requests to it do not arrive from outside.",
                  {m}, one.src);
    }
}

}  // namespace ci::calls
