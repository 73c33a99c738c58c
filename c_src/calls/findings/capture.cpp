// What the copies of the messages tell of themselves: truncated_capture, malformed, clock_off,
// not_captured.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "calls/findings/found.h"

namespace ci::calls {
namespace {

using wire::Micros;

/// Late reports look like a clock that is set forth and back; what is left of it is noise.
constexpr Micros least_set_by = 10'000;

void find_truncated(Found& found) {
    const Course& course = found.course;
    std::vector<std::size_t> cut;
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const order::Event& event = course.flow->events[course.messages[m].event];
        const bool is_cut =
            std::any_of(event.seen.begin(), event.seen.end(), [&](std::size_t seen) {
                return course.chunks[seen].flags.has(chunk::Flag::truncated);
            });
        if (is_cut) cut.push_back(m);
    }
    if (cut.empty()) return;
    found.add(Code::truncated_capture, Severity::info,
              std::to_string(cut.size()) + (cut.size() == 1 ? " message was" : " messages were") +
                  " cut short on the way to the inspector.",
              cut);
}

/// What a receiver may trip over; empty: nothing.
std::string_view flaw_of(const Transmitted& one, const chunk::Chunk& chunk) {
    if (one.vias.empty() && one.sip.call_id.empty()) return {};  // a log described it
    if (one.sip.duplicate_call_id) return "two Call-IDs";
    if (one.sip.cseq_value.empty() && !one.sip.truncated) return "no CSeq";
    if (!one.sip.cseq_value.empty() && !one.sip.cseq) return "a broken CSeq";
    if (one.vias.empty()) return "no Via";
    const bool has_headers = !one.sip.truncated && !chunk.flags.has(chunk::Flag::truncated);
    if (has_headers && sip::find_header(one.sip, "From", 'f').empty()) return "no From";
    if (has_headers && sip::find_header(one.sip, "To", 't').empty()) return "no To";
    if (has_headers && one.sip.is_request && one.sip.cseq &&
        one.sip.cseq->method != one.sip.method) {
        return "a CSeq of another method";
    }
    const bool has_broken_via = std::any_of(
        one.vias.begin(), one.vias.end(), [](const sip::Via& via) { return via.sent_by.empty(); });
    if (has_broken_via) return "a broken Via";
    if (chunk.flags.has(chunk::Flag::truncated)) return {};
    if (chunk.flags.has(chunk::Flag::bad_length)) return "no valid Content-Length";
    // A capture may cut bodies off, and a sender may mirror headers only.
    if (one.sip.truncated) return one.sip.body.empty() ? "" : "a Content-Length beyond its end";
    const std::string_view rest =
        std::string_view(chunk.message).substr(std::min(one.sip.size, chunk.message.size()));
    const bool has_more =
        rest.find_first_not_of(std::string_view("\r\n\t \0", 5)) != std::string_view::npos;
    return has_more ? "a Content-Length shorter than its body" : std::string_view();
}

void find_malformed(Found& found) {
    const Course& course = found.course;
    std::map<std::pair<std::size_t, std::string_view>, std::vector<std::size_t>> flawed;
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        const auto& chunk = course.chunks[course.flow->events[one.event].chunk];
        const auto flaw = flaw_of(one, chunk);
        if (!flaw.empty()) flawed[{one.src, flaw}].push_back(m);
    }
    for (const auto& [what, messages] : flawed) {
        found.add(Code::malformed, Severity::warning,
                  found.host(what.first) + " sent a message with " + std::string(what.second) + '.',
                  messages, what.first);
    }
}

std::string behind_or_ahead(Micros offset) {
    return " is " + time_text(offset < 0 ? -offset : offset) +
           (offset < 0 ? " behind " : " ahead of ");
}

/// Its most prompt report arrived when its clock said: the two clocks agree.
bool agrees_with_arrivals(const Course& course, const std::string& observer, Micros limit) {
    std::optional<Micros> least;
    for (const chunk::Chunk& chunk : course.chunks) {
        if (chunk.observer != observer || !chunk.timestamp || !chunk.ref_timestamp) continue;
        const Micros late = *chunk.ref_timestamp - *chunk.timestamp;
        least = std::min(least.value_or(late), late);
    }
    return least && *least <= limit && -*least <= limit;
}

/// Offset of the clocks that agree with the inspector's, if there are any: these are right.
Micros right_offset(const Course& course, Micros limit) {
    for (const order::Clock& clock : course.flow->clocks) {
        if (clock.has_clock && agrees_with_arrivals(course, clock.observer, limit)) {
            return clock.offset;
        }
    }
    return 0;
}

/// What is wrong with a clock; empty: nothing. `offset`: against the others.
std::string clock_text(const Course& course, const order::Clock& clock, Micros offset,
                       Micros limit) {
    const auto is_beyond = [&](Micros by) { return by > limit || -by > limit; };
    const bool differs = is_beyond(offset) && !agrees_with_arrivals(course, clock.observer, limit);
    // Others that saw the same messages tell most.
    if (!differs || clock.shared == 0) {
        if (clock.steps > 0 && std::abs(clock.set_by) >= least_set_by) {
            return " was set " + time_text(std::abs(clock.set_by)) +
                   (clock.set_by < 0 ? " back" : " ahead") + " during the call";
        }
        if (clock.ahead_of_arrival && is_beyond(*clock.ahead_of_arrival)) {
            return behind_or_ahead(*clock.ahead_of_arrival) + "the inspector's clock";
        }
    }
    return differs ? behind_or_ahead(offset) + "the others of this call" : std::string();
}

void find_wrong_clocks(Found& found) {
    const Micros limit = found.limits.clock_off;
    const Micros right = right_offset(found.course, limit);
    for (const order::Clock& clock : found.course.flow->clocks) {
        if (!clock.has_clock) continue;
        const std::string text = clock_text(found.course, clock, clock.offset - right, limit);
        if (text.empty()) continue;
        Finding& finding = found.add(Code::clock_off, Severity::warning,
                                     "The clock of " + clock.observer + text + '.', {});
        finding.host = clock.host.empty() ? clock.observer : clock.host;
    }
}

/// What passed between two hosts on one leg, in both directions.
struct DialogHop {
    std::set<std::uint64_t> acknowledged;  ///< CSeq numbers
    bool has_end = false;                  ///< a BYE
};
using DialogHops = std::map<std::tuple<std::size_t, std::size_t, std::size_t>, DialogHop>;

DialogHop& hop_of(DialogHops& hops, std::size_t leg, std::size_t a, std::size_t b) {
    return hops[{leg, std::min(a, b), std::max(a, b)}];
}

DialogHops dialog_hops(const Course& course) {
    DialogHops hops;
    for (const Transmitted& one : course.messages) {
        if (!one.sip.is_request || !one.sip.cseq) continue;
        if (one.sip.method == "ACK") {
            hop_of(hops, one.leg, one.src, one.dst).acknowledged.insert(one.sip.cseq->number);
        } else if (one.sip.method == "BYE") {
            hop_of(hops, one.leg, one.src, one.dst).has_end = true;
        }
    }
    return hops;
}

/// The 2xx passed this hop, a later request of the dialog did, and the ACK was not seen on it.
bool is_ack_unseen(const Course& course, const Transaction& one, DialogHops& hops) {
    if (one.method != "INVITE" || course.status(one) / 100 != 2) return false;
    const DialogHop& hop = hop_of(hops, one.leg, one.from, one.to);
    return hop.has_end && !hop.acknowledged.contains(one.number);
}

void find_not_captured(Found& found) {
    const Course& course = found.course;
    std::set<std::string> hops;
    std::vector<std::size_t> proof;
    std::size_t count = course.flow->gaps.size();
    DialogHops dialog = dialog_hops(course);
    for (const order::MissingRequest& gap : course.flow->gaps) {
        hops.insert(gap.method + " from " + gap.src + " to " + gap.dst);
    }
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        if (!found.is_explained(t) && is_ack_unseen(course, one, dialog)) {
            ++count;
            proof.push_back(one.finals.front());
            hops.insert("ACK from " + found.host(one.from) + " to " + found.host(one.to));
        }
        const bool is_unfinished = !one.requests.empty() && one.finals.empty() &&
                                   one.requests.size() == 1 && one.method != "ACK" &&
                                   !found.is_explained(t);
        if (!is_unfinished) continue;
        constexpr Micros patience = 32'000'000;
        const bool is_acknowledged = !one.acks.empty();
        const bool may_take_long = one.method == "INVITE" && !is_acknowledged;
        const Micros since = course.messages[one.requests.front()].at;
        if (may_take_long || found.quiet_since(since) < patience) continue;
        ++count;
        proof.push_back(one.requests.front());
        hops.insert("the response to " + std::string(one.method) + " from " + found.host(one.to) +
                    " to " + found.host(one.from));
    }
    if (count == 0) return;
    constexpr std::size_t most_named = 4;
    std::vector<std::string> names(hops.begin(), hops.end());
    const bool is_cut = names.size() > most_named;
    if (is_cut) names.resize(most_named);
    Finding& finding =
        found.add(Code::not_captured, Severity::info,
                  "Nobody captured " + list_text(names) + (is_cut ? " and others." : "."), proof);
    for (const order::MissingRequest& gap : course.flow->gaps) {
        finding.messages.push_back(gap.before);
    }
    std::sort(finding.messages.begin(), finding.messages.end());
    finding.messages.erase(std::unique(finding.messages.begin(), finding.messages.end()),
                           finding.messages.end());
}

}  // namespace

void find_capture(Found& found) {
    find_truncated(found);
    find_malformed(found);
    find_wrong_clocks(found);
    find_not_captured(found);
}

}  // namespace ci::calls
