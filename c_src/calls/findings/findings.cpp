#include <algorithm>
#include <map>
#include <utility>

#include "calls/findings/finding.h"
#include "calls/findings/found.h"

namespace ci::calls {
namespace {

constexpr FindingKind kinds[] = {
    {Code::lost_between, "lost_between",
     "Look at the network between the two hosts: firewall, MTU, overloaded links."},
    {Code::loop, "loop",
     "Look at the routing of the hosts in the circle: each takes the other for the destination."},
    {Code::no_response, "no_response",
     "Is the host up, does it listen on this address and port, and does a firewall let it "
     "through?"},
    {Code::no_ack, "no_ack",
     "Look at Contact and Record-Route of the 2xx: the ACK goes where they say. NAT is the usual "
     "reason."},
    {Code::wrong_credentials, "wrong_credentials",
     "Compare user, password and realm of the phone with the account."},
    {Code::challenge_unanswered, "challenge_unanswered",
     "Does the device have credentials for this realm?"},
    {Code::codec_mismatch, "codec_mismatch",
     "Compare the codecs and SRTP settings of both sides; let the server transcode, or agree on "
     "one "
     "codec."},
    {Code::unknown_number, "unknown_number",
     "Look at the dialled number and how it is normalised on the way; is the callee registered?"},
    {Code::overloaded, "overloaded",
     "Look at the log and the load of this host at that time; for a carrier, ask it."},
    {Code::refused, "refused",
     "The status says why; where it does not, the log of the host that refused may."},
    {Code::unknown_dialog, "unknown_dialog",
     "Has the host been restarted, or does the request reach another one than the call did?"},
    {Code::answer_crossed_cancel, "answer_crossed_cancel",
     "The callee answered in the moment in which the caller gave up. If nobody hung up, look at "
     "the "
     "host that cancelled."},
    {Code::two_answers, "two_answers",
     "Two phones were answered at the same time. The caller must hang up the second one."},
    {Code::leg_left_open, "leg_left_open",
     "Look at the log of the host in between: the other party may still be charged."},
    {Code::session_timer_expired, "session_timer_expired",
     "Who was to refresh (refresher=) did not: look at its session timer settings, and whether "
     "re-INVITEs reach the other side."},
    {Code::no_prack, "no_prack",
     "The caller's side does not confirm reliable ringing: turn off 100rel, or look for lost "
     "packets."},
    {Code::media_timeout, "media_timeout",
     "Media did not arrive: look at NAT, the ports of RTP in the firewall, private addresses in "
     "SDP."},
    {Code::transfer_failed, "transfer_failed",
     "Look at the target of the transfer and at the call to it."},
    {Code::bye_unanswered, "bye_unanswered",
     "Was the host gone already, or does its Contact not lead to it?"},
    {Code::large_udp_request, "large_udp_request",
     "Use TCP or TLS, fewer codecs or shorter headers; let fragments through the firewall."},
    {Code::private_media_address, "private_media_address",
     "Turn on NAT handling (STUN, external address) at the host, or relay media on the server."},
    {Code::private_contact, "private_contact",
     "Turn on NAT handling at the host, or let the proxy rewrite Contacts."},
    {Code::slow_setup, "slow_setup",
     "Look at what the named host waits for: DNS, gateways, scripts."},
    {Code::low_quality, "low_quality",
     "Look at the network of this host: loss, jitter, Wi-Fi, a full uplink."},
    {Code::retransmissions, "retransmissions",
     "The host answers late, or packets get lost between the two."},
    {Code::registration_unstable, "registration_unstable",
     "Look at the device's network and at the interval: shorter than the NAT's timeout?"},
    {Code::malformed, "malformed", "Report it to the vendor; others may refuse such messages."},
    {Code::clock_off, "clock_off", "Run NTP on this host."},
    {Code::glare, "glare", "Both sides changed the call at once; they try again by themselves."},
    {Code::interval_too_small, "interval_too_small",
     "The other side wants a longer interval; the next try should have it."},
    {Code::no_dtmf, "no_dtmf", "Turn on RFC 4733 (telephone-event) at this host."},
    {Code::held_to_the_end, "held_to_the_end", "The caller may have waited on hold in vain."},
    {Code::short_call, "short_call",
     "Voice mail, a wrong number, or no sound: look at the media findings."},
    {Code::scanner, "scanner", "Block the address; look whether it got through anywhere."},
    {Code::truncated_capture, "truncated_capture",
     "Raise the capture's snap length, or the sender's buffer."},
    {Code::not_captured, "not_captured",
     "Does each sender see both directions and all its interfaces?"},
};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < std::size(kinds); ++i) {
        if (static_cast<std::size_t>(kinds[i].code) != i) return false;
    }
    return std::size(kinds) == static_cast<std::size_t>(Code::not_captured) + 1;
}
static_assert(is_in_order());

/// Each sees what those before it explained.
constexpr void (*rules_of_findings[])(Found&) = {
    find_losses,          find_loops,           find_no_response, find_no_ack,
    find_no_prack,        find_credentials,     find_mismatches,  find_refusals,
    find_crossed_answers, find_dialog_refusals, find_open_ends,   find_expired_sessions,
    find_media,           find_addresses,       find_delays,      find_capture,
    find_quality,         find_strangers,
};

/// Of branches that ended in the same way some are told alone, and many as one.
constexpr std::size_t most_branches = 3;

/// "a refused INVITE with 486 Busy Here; likewise b, c and d."
Finding as_one(const std::vector<Finding>& alike) {
    Finding one = alike.front();
    std::vector<std::string> hosts;
    for (const Finding& other : alike) {
        one.messages.insert(one.messages.end(), other.messages.begin(), other.messages.end());
        const bool is_known = other.host == one.host ||
                              std::find(hosts.begin(), hosts.end(), other.host) != hosts.end();
        if (!is_known) hosts.push_back(other.host);
    }
    std::sort(one.messages.begin(), one.messages.end());
    one.messages.erase(std::unique(one.messages.begin(), one.messages.end()), one.messages.end());
    one.text.pop_back();
    one.text += hosts.empty() ? ", " + times_text(alike.size()) : "; likewise " + list_text(hosts);
    one.text += '.';
    return one;
}

std::vector<Finding> with_branches_folded(const std::vector<Finding>& all) {
    std::map<std::pair<Code, std::uint16_t>, std::vector<Finding>> alike;
    const auto key_of = [](const Finding& one) { return std::pair(one.code, one.status); };
    const auto is_branch = [](const Finding& one) {
        return one.severity == Severity::info && !one.is_root && one.status != 0;
    };
    for (const Finding& one : all) {
        if (is_branch(one)) alike[key_of(one)].push_back(one);
    }
    std::vector<Finding> folded;
    for (const Finding& one : all) {
        auto* group = is_branch(one) ? &alike[key_of(one)] : nullptr;
        if (group == nullptr || (!group->empty() && group->size() <= most_branches)) {
            folded.push_back(one);
        } else if (!group->empty()) {
            folded.push_back(as_one(*group));
            group->clear();
        }
    }
    return folded;
}

}  // namespace

std::span<const FindingKind> finding_kinds() noexcept {
    return kinds;
}
std::string_view name_of(Code code) noexcept {
    return kinds[static_cast<std::size_t>(code)].name;
}
std::string_view check_of(Code code) noexcept {
    return kinds[static_cast<std::size_t>(code)].check;
}

std::vector<Finding> findings_of(const Course& course, const FindingLimits& limits) {
    Found found(course, limits);
    for (const auto rule : rules_of_findings) rule(found);
    std::vector<Finding> all = with_branches_folded(found.take());
    std::stable_sort(all.begin(), all.end(), [](const Finding& a, const Finding& b) {
        const auto comes_first = [](const Finding& one) {
            return one.is_root && one.severity != Severity::info;
        };
        if (comes_first(a) != comes_first(b)) return comes_first(a);
        if (a.severity != b.severity) return a.severity < b.severity;
        if (a.is_effect != b.is_effect) return b.is_effect;
        return a.code < b.code;
    });
    return all;
}

}  // namespace ci::calls
