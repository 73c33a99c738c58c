// no_response, bye_unanswered: requests that the next host does not answer.
#include <algorithm>
#include <set>
#include <string_view>

#include "calls/findings/found.h"

namespace ci::calls {
namespace {

/// RFC 3261 17.1: by timers B and F a request that is sent again every 500 ms, 1 s, 2 s ... was
/// sent five times within 8 s.
constexpr std::size_t enough_transmissions = 5;
constexpr wire::Micros shortest_of_them = 3'000'000;
constexpr wire::Micros long_enough = 15'000'000;
/// There and back, over several hops.
constexpr wire::Micros longest_way = 1'200'000;
/// A host that makes a 408 of its own waited at least that long.
constexpr wire::Micros shortest_timeout = 900'000;

std::vector<std::size_t> proof_of(const Course& course, const Transaction& one) {
    std::vector<std::size_t> proof = one.requests;
    if (one.before == none) return proof;
    const Transaction& before = course.transactions[one.before];
    if (!before.finals.empty() && course.status(before) >= 300) {
        proof.push_back(before.finals.front());
    }
    return proof;
}

/// The host that sent it gave up: by a final response of its own, or by a CANCEL.
wire::Micros given_up_after(const Course& course, const Transaction& one) {
    const wire::Micros first = course.messages[one.requests.front()].at;
    wire::Micros longest = 0;
    if (one.before != none) {
        const Transaction& before = course.transactions[one.before];
        const std::uint16_t status = course.status(before);
        if (status == 408 || status == 480 || status / 100 == 5) {
            longest = course.messages[before.finals.front()].at - first;
        }
    }
    return longest;
}

/// Somebody who saw the request sees what comes to its sender, too.
bool sees_answers(const Course& course, const Transaction& one) {
    return std::any_of(course.messages.begin(), course.messages.end(), [&](const auto& it) {
        return (it.dst == one.from && it.is_seen_at_dst) ||
               (it.src == one.to && it.dst == one.from);
    });
}

bool is_silence_proved(const Course& course, std::size_t t) {
    const Transaction& one = course.transactions[t];
    if (one.requests.empty() || one.has_answer() || !one.acks.empty()) return false;
    const Transmitted& first = course.messages[one.requests.front()];
    const Transmitted& last = course.messages[one.requests.back()];
    const bool is_often = one.requests.size() >= enough_transmissions;
    if (is_often && last.at - first.at >= shortest_of_them) return true;
    if (last.at - first.at >= long_enough) return true;
    const wire::Micros waited = given_up_after(course, one);
    if (waited < shortest_timeout || !sees_answers(course, one)) return false;
    return one.requests.size() > 1 || !first.is_unreliable || waited >= long_enough;
}

/// Some capture only what is not answered: filters, logs. One of those who saw the request saw a
/// final response, too.
bool sees_finals(const Course& course, const Transaction& of) {
    std::set<std::string_view> observers;
    for (const std::size_t m : of.requests) {
        for (const std::size_t seen : course.flow->events[course.messages[m].event].seen) {
            observers.insert(course.chunks[seen].observer);
        }
    }
    return std::any_of(course.messages.begin(), course.messages.end(), [&](const auto& it) {
        if (it.leg != of.leg || it.sip.is_request || it.sip.status < 200) return false;
        const auto& seen = course.flow->events[it.event].seen;
        return std::any_of(seen.begin(), seen.end(), [&](std::size_t chunk) {
            return observers.contains(course.chunks[chunk].observer);
        });
    });
}

/// A proxy passed on the answer that nobody saw it get.
bool is_answer_passed_on(const Course& course, const Transaction& one) {
    return one.before != none && !one.is_other_leg &&
           course.status(course.transactions[one.before]) / 100 == 2;
}

/// How long an answer took on this leg where it was fastest; very long if there was none.
wire::Micros shortest_way(const Course& course, const Transaction& hop) {
    wire::Micros shortest = longest_way;
    for (const Transaction& one : course.transactions) {
        if (one.leg != hop.leg || one.requests.empty() || !one.has_answer()) continue;
        const std::size_t asked = one.requests.front();
        const std::size_t got =
            one.provisionals.empty() ? one.finals.front() : one.provisionals.front();
        shortest = std::min(shortest, course.messages[got].at - course.messages[asked].at);
    }
    return std::max<wire::Micros>(shortest, 0);
}

/// Another branch of this request, wherever it was seen.
bool is_accepted_elsewhere(const Course& course, const Transaction& one) {
    return std::any_of(course.transactions.begin(), course.transactions.end(),
                       [&](const Transaction& other) {
                           return other.leg == one.leg && other.method == one.method &&
                                  other.number == one.number && course.status(other) / 100 == 2;
                       });
}

bool has_silent_behind(const Course& course, std::size_t t) {
    const auto& behind = course.transactions[t].behind;
    return std::any_of(behind.begin(), behind.end(),
                       [&](std::size_t other) { return is_silence_proved(course, other); });
}

}  // namespace

void find_no_response(Found& found) {
    const Course& course = found.course;
    const Attempt& attempt = found.attempt;
    const Origin origin = attempt.is_failed(course) ? origin_of(course, attempt.answer) : Origin{};
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        if (found.is_explained(t) || one.method == "ACK") continue;
        if (!is_silence_proved(course, t) || has_silent_behind(course, t)) continue;
        const bool is_of_call = is_behind(course, t, attempt.last);
        const bool got_on_without =
            (one.method == "INVITE" && is_initial(course, one) &&
             (has_dialog(course, one.leg) || is_accepted_elsewhere(course, one))) ||
            (is_of_call &&
             (attempt.is_accepted(course) ||
              (attempt.is_failed(course) && origin.unanswered != t && origin.unanswered != none)));
        const bool is_cancel = one.method == "CANCEL";
        const Severity severity = got_on_without || is_cancel ? Severity::info : Severity::error;
        const Transmitted& first = course.messages[one.requests.front()];
        const wire::Micros spent = course.messages[one.requests.back()].at - first.at;
        std::string text = found.host(one.to) + " did not answer " + std::string(one.method) +
                           " of " + found.host(one.from);
        if (one.requests.size() > 1) {
            text += ", sent " + times_text(one.requests.size()) + " in " + time_text(spent);
        }
        text += '.';
        Finding& finding =
            found.add(Code::no_response, severity, text, proof_of(course, one), one.to);
        finding.status =
            one.before == none ? std::uint16_t{0} : course.status(course.transactions[one.before]);
        finding.is_root = is_of_call && !got_on_without && !is_cancel;
        found.has_root |= finding.is_root;
        found.explain(t);
    }
    // A BYE that comes again when its answer should be there shows that it did not arrive.
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        if (one.method != "BYE" || found.is_explained(t) || !sees_answers(course, one)) continue;
        if (!sees_finals(course, one)) continue;
        if (one.requests.size() < 2 || !one.finals.empty() || is_answer_passed_on(course, one)) {
            continue;
        }
        const wire::Micros spent =
            course.messages[one.requests.back()].at - course.messages[one.requests.front()].at;
        if (spent < longest_way && spent < 3 * shortest_way(course, one)) continue;
        const bool is_behind_unanswered =
            std::any_of(one.behind.begin(), one.behind.end(), [&](std::size_t other) {
                const Transaction& next = course.transactions[other];
                return next.requests.size() >= 2 && next.finals.empty();
            });
        if (is_behind_unanswered) continue;
        found.add(Code::bye_unanswered, Severity::warning,
                  found.host(one.to) + " did not answer the BYE of " + found.host(one.from) +
                      ", sent " + times_text(one.requests.size()) + '.',
                  one.requests, one.to);
        found.explain(t);
    }
}

}  // namespace ci::calls
