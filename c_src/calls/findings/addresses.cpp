// private_media_address, private_contact: addresses that the receiver cannot reach.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

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

/// What a message says of its sender: where media goes, and where later requests go.
struct Claims {
    std::map<std::string, std::string> media;  ///< by private address: the kind of stream
    std::string contact;                       ///< the URI; empty: none, or no address
    std::string contact_host;
    bool is_contact_private = false;
};

Claims claims_of(const Transmitted& one, bool answers_without_ice) {
    Claims claims;
    for (const auto& stream : sip::parse_sdp(sip::sdp_in(one.sip.body)).streams) {
        if (stream.port == 0 || !is_private(stream.address)) continue;
        // Of a copy that was cut nobody knows what else was offered.
        if ((stream.has_ice && !answers_without_ice) || one.sip.truncated) continue;
        claims.media.emplace(wire::to_string(stream.address), stream.media);
    }
    const bool redirects = !one.sip.is_request && one.sip.status / 100 == 3;
    // A registrar lists the contacts that others registered.
    const bool lists = !one.sip.is_request && one.sip.method == "REGISTER";
    const auto value = sip::find_header(one.sip, "Contact", 'm');
    if (value.empty() || redirects || lists) return claims;
    claims.contact_host = std::string(parse_name_addr(value).uri.host);
    const auto begin = value.find('<');
    claims.contact = std::string(value.substr(begin == std::string_view::npos ? 0 : begin));
    claims.contact.resize(std::min(claims.contact.size(), claims.contact.find('>')));
    const auto address = wire::parse_address(claims.contact_host);
    // With these a host notes where its sender really is (Kamailio: set_contact_alias()).
    const bool has_way = claims.contact.find(";alias=") != std::string::npos ||
                         claims.contact.find(";received=") != std::string::npos;
    claims.is_contact_private = address && is_private(*address) && !has_way;
    return claims;
}

/// What the receiver of a message made of it, on the next hop or leg: messages.
std::vector<std::size_t> sent_on(const Course& course, std::size_t m) {
    const Transmitted& one = course.messages[m];
    std::vector<std::size_t> next;
    if (one.transaction == none) return next;
    const Transaction& own = course.transactions[one.transaction];
    if (one.sip.is_request) {
        for (const std::size_t t : own.behind) {
            const auto& requests = course.transactions[t].requests;
            if (!requests.empty()) next.push_back(requests.front());
        }
    } else if (own.before != none) {
        const Transaction& before = course.transactions[own.before];
        for (const auto* list : {&before.provisionals, &before.finals}) {
            for (const std::size_t other : *list) {
                const sip::Message& passed = course.messages[other].sip;
                const bool is_like =
                    passed.status == one.sip.status && sip::to_tag(passed) == sip::to_tag(one.sip);
                if ((is_like || own.is_other_leg) && other > m) next.push_back(other);
            }
        }
    }
    return next;
}

/// Hosts that do not take what a message behind NAT says literally.
struct Mended {
    std::set<std::pair<std::size_t, std::string>> media;     ///< host and private address
    std::set<std::pair<std::size_t, std::string>> contacts;  ///< host and private address
};

Mended mended_in(const Course& course, const std::vector<Claims>& claims) {
    Mended mended;
    for (std::size_t m = course.messages.size(); m-- > 0;) {  // a proxy may leave it to the next
        const Claims& got = claims[m];
        if (got.media.empty() && !got.is_contact_private) continue;
        const std::size_t host = course.messages[m].dst;
        for (const std::size_t next : sent_on(course, m)) {
            const std::size_t after = course.messages[next].dst;
            const bool has_media =
                !sip::parse_sdp(sip::sdp_in(course.messages[next].sip.body)).streams.empty();
            for (const auto& [address, kind] : got.media) {
                const bool is_changed = has_media && !claims[next].media.contains(address);
                if (is_changed || mended.media.contains({after, address})) {
                    mended.media.emplace(host, address);
                }
            }
            const bool is_changed =
                !claims[next].contact.empty() && claims[next].contact != got.contact;
            if (got.is_contact_private &&
                (is_changed || mended.contacts.contains({after, got.contact_host}))) {
                mended.contacts.emplace(host, got.contact_host);
            }
        }
    }
    return mended;
}

/// By leg: somebody describes a session without ICE, so that the address of the description counts
/// (RFC 8839 3.2.1).
std::vector<bool> legs_without_ice(const Course& course) {
    std::vector<bool> without(course.legs, false);
    for (const Transmitted& one : course.messages) {
        const auto& streams = sip::parse_sdp(sip::sdp_in(one.sip.body)).streams;
        without[one.leg] =
            without[one.leg] || std::any_of(streams.begin(), streams.end(),
                                            [](const auto& stream) { return !stream.has_ice; });
    }
    return without;
}

using HostOnLeg = std::pair<std::size_t, std::size_t>;  ///< leg, host

/// Hosts that later requests of the dialog arrive at all the same: they answered one, or an ACK
/// ended their 2xx.
std::set<HostOnLeg> reached_in(const Course& course) {
    std::set<HostOnLeg> reached;
    for (const Transaction& one : course.transactions) {
        if (one.finals.empty() || one.requests.empty()) continue;
        const bool is_of_dialog = !sip::to_tag(course.messages[one.requests.front()].sip).empty();
        if (is_of_dialog) reached.emplace(one.leg, one.to);
    }
    std::set<HostOnLeg> repeating;  // from here on
    for (std::size_t m = course.messages.size(); m-- > 0;) {
        const Transmitted& one = course.messages[m];
        if (!one.sip.is_request && one.sip.method == "INVITE" && one.repeat > 0) {
            repeating.emplace(one.leg, one.src);
        }
        if (!one.sip.is_request || one.sip.method != "ACK") continue;
        const bool is_of_refusal =
            one.transaction != none && course.status(course.transactions[one.transaction]) >= 300;
        const HostOnLeg host{one.leg, one.dst};
        if (!is_of_refusal && !repeating.contains(host)) reached.insert(host);
    }
    return reached;
}

}  // namespace

void find_addresses(Found& found) {
    const Course& course = found.course;
    const bool is_inside =
        std::none_of(course.messages.begin(), course.messages.end(),
                     [](const Transmitted& one) { return is_public(one.from.address); });
    if (is_inside) return;
    std::vector<Claims> claims;
    claims.reserve(course.messages.size());
    const std::vector<bool> without_ice = legs_without_ice(course);
    for (const Transmitted& one : course.messages) {
        claims.push_back(claims_of(one, without_ice[one.leg]));
    }
    const Mended mended = mended_in(course, claims);
    const std::set<HostOnLeg> reached = reached_in(course);
    std::set<std::string> media, contacts;  // told already
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        if (!is_public(one.from.address) || one.repeat > 0) continue;
        for (const auto& [address, kind] : claims[m].media) {
            if (mended.media.contains({one.dst, address}) || !media.insert(address).second) {
                continue;
            }
            std::string text(found.host(one.src));
            text.append(" wants ").append(kind).append(" at ").append(address);
            text.append(", which is private, in a message from the public address ");
            text.append(wire::to_string(one.from.address)).append(": nobody outside reaches it.");
            found.add(Code::private_media_address, Severity::warning, text, {m}, one.src);
        }
        const std::string& address = claims[m].contact_host;
        if (!is_public(one.to.address) || !claims[m].is_contact_private) continue;
        if (mended.contacts.contains({one.dst, address}) || reached.contains({one.leg, one.src})) {
            continue;
        }
        if (!contacts.insert(address).second) continue;
        found.add(Code::private_contact, Severity::warning,
                  found.host(one.src) + " gives its Contact as " + address +
                      ", which is private: requests to it do not arrive from outside.",
                  {m}, one.src);
    }
}

}  // namespace ci::calls
