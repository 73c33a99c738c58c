// retransmissions, slow_setup, large_udp_request.
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "calls/findings/found.h"

namespace ci::calls {
namespace {

using wire::Micros;

constexpr std::size_t many_retransmissions = 3;
/// RFC 3261 18.1.1: a request within 200 octets of the path's MTU must not go by UDP.
constexpr std::size_t largest_udp_request = 1'300;

/// RFC 3261 13.3.1.1: phones tell again and again that they ring.
bool may_be_repeated(const sip::Message& message) {
    return !message.is_request && message.status < 200 &&
           sip::find_header(message, "RSeq", 0).empty();
}

void find_retransmissions(Found& found) {
    const Course& course = found.course;
    struct Repeats {
        std::vector<std::size_t> messages;
        std::size_t host = none;
    };
    using Hop = std::tuple<std::size_t, std::size_t, std::string>;
    std::map<Hop, Repeats> by_hop;
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        if (one.repeat == 0 || found.is_explained(one.transaction)) continue;
        if (may_be_repeated(one.sip)) continue;
        if (one.sip.method == "ACK") continue;  // of a final response that came again
        const std::string what = one.sip.is_request ? std::string(one.sip.method)
                                                    : std::to_string(one.sip.status) + " to " +
                                                          std::string(one.sip.method);
        by_hop[{one.src, one.dst, what}].messages.push_back(m);
    }
    for (const auto& [hop, repeats] : by_hop) {
        const auto& [src, dst, what] = hop;
        const std::size_t count = repeats.messages.size();
        found.add(Code::retransmissions,
                  count >= many_retransmissions ? Severity::warning : Severity::info,
                  found.host(src) + " sent " + what + " to " + found.host(dst) + " again, " +
                      times_text(count) + '.',
                  repeats.messages, dst);
    }
}

std::size_t first_ringing(const Course& course, const Transaction& one) {
    for (const std::size_t m : one.provisionals) {
        if (course.messages[m].sip.status >= 180) return m;
    }
    return none;
}

/// From the request to the ringing on this hop. Empty: not both were seen, or their times are not
/// known.
std::optional<Micros> ringing_delay(const Found& found, std::size_t t) {
    const Transaction& one = found.course.transactions[t];
    const std::size_t rings = first_ringing(found.course, one);
    if (rings == none || one.requests.empty()) return std::nullopt;
    const std::size_t request = one.requests.front();
    if (!found.knows_time_of(request) || !found.knows_time_of(rings)) return std::nullopt;
    return found.time_between(request, rings);
}

/// The hop behind this one that the ringing came from.
std::size_t next_that_rang(const Course& course, std::size_t t) {
    for (const std::size_t behind : course.transactions[t].behind) {
        const Transaction& other = course.transactions[behind];
        if (behind > t && !other.requests.empty() && first_ringing(course, other) != none) {
            return behind;
        }
    }
    return none;
}

/// Follows the INVITE to where the ringing came from, and tells where most time went.
void find_slow_setup(Found& found) {
    const Course& course = found.course;
    const Attempt& attempt = found.attempt;
    if (!found.is_call || attempt.last == none) return;
    // The times of the first hop may not be known: on the way it took at least as long behind it.
    std::size_t t = attempt.last;
    std::optional<Micros> delay;
    while (t != none && !(delay = ringing_delay(found, t))) t = next_that_rang(course, t);
    if (t == none || *delay <= found.limits.slow_setup) return;
    const std::size_t request = course.transactions[t].requests.front();
    const std::size_t rings = first_ringing(course, course.transactions[t]);
    Micros longest = 0;
    std::string where;
    std::size_t blamed = none;
    const auto consider = [&](Micros time, const std::string& text, std::size_t host) {
        if (time <= longest) return;
        longest = time;
        where = text + " after " + time_text(time);
        blamed = host;
    };
    for (std::size_t steps = 0; steps <= course.transactions.size(); ++steps) {
        const Transaction& one = course.transactions[t];
        const std::size_t next = next_that_rang(course, t);
        const Micros arrived = course.messages[one.requests.front()].at;
        if (next == none) {
            consider(course.messages[first_ringing(course, one)].at - arrived,
                     found.host(one.to) + " rang", one.to);
            break;
        }
        consider(course.messages[course.transactions[next].requests.front()].at - arrived,
                 found.host(one.to) + " called on", one.to);
        t = next;
    }
    found.add(Code::slow_setup, Severity::warning,
              "It took " + time_text(*delay) + " until the phone rang: " + where + '.',
              {request, rings}, blamed);
}

void find_large_requests(Found& found) {
    const Course& course = found.course;
    for (const Transaction& one : course.transactions) {
        if (one.requests.empty()) continue;
        const Transmitted& request = course.messages[one.requests.front()];
        if (request.vias.empty() || !request.is_unreliable) continue;
        if (request.sip.size <= largest_udp_request) continue;
        if (one.requests.size() < 2) continue;
        found.add(Code::large_udp_request, Severity::warning,
                  found.host(one.from) + " sent " + std::string(one.method) + " of " +
                      std::to_string(request.sip.size) + " octets by UDP to " + found.host(one.to) +
                      (one.has_answer() ? ", and had to send it again" : ", and got no answer") +
                      ": so large a packet may travel in fragments, which get lost easily.",
                  one.requests, one.to);
    }
}

}  // namespace

void find_delays(Found& found) {
    find_large_requests(found);
    find_slow_setup(found);
    find_retransmissions(found);
}

}  // namespace ci::calls
