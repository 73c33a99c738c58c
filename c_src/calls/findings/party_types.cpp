#include "calls/findings/party_types.h"

#include <algorithm>
#include <string_view>

#include "sip/text.h"

namespace ci::calls {
namespace {

/// How the User-Agents of phones begin, hardware and programs. Servers and gateways that such a
/// maker sells as well have other names.
constexpr std::string_view phones[] = {
    "yealink",
    "polycom",
    "poly/",
    "snom",
    "grandstream gxp",
    "grandstream gxv",
    "grandstream wp",
    "grandstream dp",
    "grandstream ht",
    "cisco-cp",
    "cisco/spa",
    "linksys/",
    "sipura/",
    "gigaset",
    "avm fritz",
    "fanvil",
    "htek",
    "mitel 6",
    "aastra",
    "panasonic_kx",
    "panasonic kx",
    "panasonic-kx",
    "obihai",
    "2n ",
    "linphone",
    "zoiper",
    "bria",
    "x-lite",
    "eyebeam",
    "microsip",
    "blink",
    "jitsi",
    "acrobits",
    "groundwire",
    "csipsimple",
    "ekiga",
    "baresip",
    "portsip",
    "telephone ",
    "phonerlite",
    "phoner",
    "tiptel",
    "unify",
    "openscape desk",
    "alcatel-lucent ip touch",
    "digium d",
    "escene",
    "vtech",
};

bool is_phone(std::string_view agent) {
    return std::any_of(std::begin(phones), std::end(phones), [&](std::string_view begin) {
        return agent.size() >= begin.size() &&
               sip::equal_without_case(agent.substr(0, begin.size()), begin);
    });
}

bool has(const HostSet& set, const Host& host, const wire::Endpoint& endpoint) {
    const auto is_in = [&](const wire::Network& network) {
        return wire::contains(network, endpoint.address);
    };
    return std::find(set.names.begin(), set.names.end(), host.name) != set.names.end() ||
           std::find(set.endpoints.begin(), set.endpoints.end(), endpoint) != set.endpoints.end() ||
           std::any_of(set.networks.begin(), set.networks.end(), is_in);
}

std::string_view agent_of(const sip::Message& message) {
    const auto agent = sip::find_header(message, "User-Agent", 0);
    return agent.empty() && !message.is_request ? sip::find_header(message, "Server", 0) : agent;
}

std::string_view type_of(const Course& course, std::size_t host, const wire::Endpoint& endpoint,
                         const sip::Message& said, const Rules& rules) {
    if (host == none) return {};
    if (has(rules.carriers, course.hosts[host], endpoint)) return "carrier";
    if (has(rules.phones, course.hosts[host], endpoint)) return "phone";
    return is_phone(agent_of(said)) ? "phone" : "";
}

/// The hop farthest from the caller: of several that which was answered, or else the last one.
std::size_t farthest_hop(const Course& course, std::size_t t) {
    for (std::size_t steps = 0; steps < course.transactions.size(); ++steps) {
        std::size_t next = none;
        for (const std::size_t behind : course.transactions[t].behind) {
            const bool is_answered = course.status(course.transactions[behind]) / 100 == 2;
            const bool has_answer =
                next != none && course.status(course.transactions[next]) / 100 == 2;
            if (is_answered || !has_answer) next = behind;
        }
        if (next == none) return t;
        t = next;
    }
    return t;
}

}  // namespace

PartyTypes party_types_of(const Course& course, const Attempt& attempt, const Rules& rules) {
    PartyTypes types;
    if (attempt.last == none || course.transactions[attempt.last].method != "INVITE") return types;
    const Transaction& first = course.transactions[attempt.last];
    if (const Transmitted* asked = course.first_request(first)) {
        types.origin = type_of(course, first.from, asked->from, asked->sip, rules);
    }
    const Transaction& last = course.transactions[farthest_hop(course, attempt.last)];
    if (const Transmitted* asked = course.first_request(last)) {
        sip::Message said;
        for (const auto* list : {&last.provisionals, &last.finals}) {
            for (const std::size_t m : *list) {
                if (course.messages[m].sip.status > 100) said = course.messages[m].sip;
            }
        }
        types.end = type_of(course, last.to, asked->to, said, rules);
    }
    return types;
}

}  // namespace ci::calls
