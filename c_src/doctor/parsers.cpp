// What is wrong with what listens: nothing arrives, or it is not taken.
#include <algorithm>
#include <set>

#include "doctor/firewall.h"
#include "doctor/judges.h"

namespace ci::doctor {
namespace {

constexpr std::string_view tls = "tls:";
/// Holds half a second of ten thousand messages.
constexpr int least_buffer = 16 << 20;

wire::Endpoint endpoint_of(const Parser& parser) {
    std::string_view id = parser.id;
    if (id.starts_with(tls)) id.remove_prefix(tls.size());
    return wire::parse_endpoint(id).value_or(wire::Endpoint{});
}

bool is_loopback(const wire::Address& address) {
    constexpr std::uint8_t ipv4_loopback = 127;
    if (address.family == wire::Family::ipv4) return address.bytes[0] == ipv4_loopback;
    return address == *wire::parse_address("::1");
}

std::uint64_t refused(const Parser& parser, std::string_view reason) {
    const auto found = std::find_if(parser.refused.begin(), parser.refused.end(),
                                    [&](const auto& counted) { return counted.first == reason; });
    return found == parser.refused.end() ? 0 : found->second;
}

/// Packets that are refused for a reason that is the sender's.
constexpr struct {
    std::string_view reason;
    Code code;
    std::string_view what;
} refusals[] = {
    {"unknown_magic", Code::not_hep, " packets are neither HEP nor SIP."},
    {"not_allowed", Code::not_allowed, " packets came from addresses that are not allowed."},
    {"bad_auth_key", Code::wrong_key, " packets did not have the key that is expected."},
};

/// The next one above on which no parser listens, at whatever address; behind the last one, the
/// lowest that everybody may have.
std::uint16_t free_port(const Facts& facts, std::uint16_t port) {
    constexpr std::uint16_t lowest = 1'024;
    std::set<std::uint16_t> taken{port};
    for (const Parser& one : facts.parsers) taken.insert(endpoint_of(one).port);
    while (taken.contains(port)) port = std::max(static_cast<std::uint16_t>(port + 1), lowest);
    return port;
}

}  // namespace

FreeIds::FreeIds(const Facts& facts) {
    for (const Parser& parser : facts.parsers) {
        for (const Sender& sender : parser.senders) {
            if (sender.capture_id) taken_.insert(*sender.capture_id);
        }
    }
}

std::string FreeIds::next() const {
    constexpr std::uint32_t first = 101;
    std::uint32_t id = first;
    for (auto at = taken_.lower_bound(first); at != taken_.end() && *at == id; ++at) ++id;
    return std::to_string(id);
}

std::string FreeIds::take() {
    std::string id = next();
    taken_.insert(static_cast<std::uint32_t>(std::stoul(id)));
    return id;
}

Names names_for(const Facts& facts, const Parser& parser) {
    const wire::Endpoint local = endpoint_of(parser);
    const std::string port = std::to_string(local.port);
    const bool is_any = std::all_of(local.address.bytes.begin(), local.address.bytes.end(),
                                    [](std::uint8_t byte) { return byte == 0; });
    Names names;
    names.inspector = is_any ? "INSPECTOR:" + port : wire::to_string(local);
    names.is_tls = parser.id.starts_with(tls);
    names.parser = parser.id;
    names.other_port = std::to_string(free_port(facts, local.port));
    names.listen = std::string(names.is_tls ? tls : "") + wire::to_string(local.address);
    names.root = facts.root;
    return names;
}

namespace {

/// Why a capture or a log is not read now; empty: it is.
std::string trouble_of(const Parser& parser) {
    if (parser.frames) return parser.frames->interrupted;
    return parser.log ? parser.log->trouble : std::string();
}

}  // namespace

void judge_parser(const Facts& facts, const Parser& parser, const FreeIds& ids,
                  Diagnoses& diagnoses) {
    Names names = names_for(facts, parser);
    names.id = ids.next();
    const auto add = [&](Code code, std::string what) {
        diagnoses.push_back(
            {code, parser.id, "", std::move(what), cures_of(code, hep::Maker::unknown, names)});
    };
    if (!parser.switches[static_cast<std::size_t>(sources::Switch::capture)]) {
        add(Code::capture_off, "Somebody turned it off: what arrives is counted and not stored.");
    }
    if (const std::string why = trouble_of(parser); !why.empty()) {
        add(Code::not_reading, "It reads nothing: " + why + ".");
    }
    if (parser.type != "hep") return;
    if (parser.received == 0 &&
        std::chrono::duration_cast<std::chrono::microseconds>(parser.age).count() >=
            facts.limits.silent) {
        const auto age = std::chrono::duration_cast<std::chrono::microseconds>(parser.age).count();
        add(Code::no_traffic,
            "Nothing has arrived here since it began to listen, " + span_text(age) + " ago.");
    }
    for (const auto& [reason, code, what] : refusals) {
        if (const auto count = refused(parser, reason); count > 0) {
            add(code, std::to_string(count) + std::string(what));
        }
    }
    if (parser.kernel_dropped > 0) {
        add(Code::kernel_drops, "The kernel dropped " + std::to_string(parser.kernel_dropped) +
                                    " packets, as its buffer of " +
                                    size_text(static_cast<std::uint64_t>(parser.receive_buffer)) +
                                    " was full.");
    }
    if (parser.receive_buffer > 0 && parser.receive_buffer < least_buffer) {
        add(Code::small_buffer,
            "The kernel's buffer holds " +
                size_text(static_cast<std::uint64_t>(parser.receive_buffer)) +
                " only: packets are lost when a burst comes. It grows when the parser is started "
                "anew.");
    }
    const wire::Endpoint local = endpoint_of(parser);
    if (is_loopback(local.address) || facts.host.ruleset.empty()) return;
    for (const std::string_view protocol : {"udp", "tcp"}) {
        if (protocol == "udp" && parser.id.starts_with(tls)) continue;
        const auto blocked = blocked_by(facts.host.ruleset, protocol, local.port);
        if (!blocked) continue;
        names.rule = blocked->chain + " " + std::string(protocol) + " dport " +
                     std::to_string(local.port) + " accept";
        add(Code::firewall, "The firewall's chain " + blocked->chain + " drops what comes to its " +
                                std::string(protocol == "udp" ? "UDP" : "TCP") +
                                " port from elsewhere, by its " + blocked->by + ".");
    }
}

}  // namespace ci::doctor
