// no_ack: a 2xx to INVITE is sent again and again, because no ACK arrives (RFC 3261 13.3.1.4).
#include <algorithm>

#include "calls/findings/found.h"

namespace ci::calls {
namespace {

constexpr std::size_t least_repeats = 2;

bool is_ack_of(const Transmitted& it, const Transaction& one) {
    return it.sip.is_request && it.sip.method == "ACK" && it.leg == one.leg && it.sip.cseq &&
           it.sip.cseq->number == one.number;
}

/// Transmissions of the 2xx on this hop.
std::vector<std::size_t> answers_of(const Course& course, const Transaction& one) {
    std::vector<std::size_t> answers;
    for (const std::size_t m : one.finals) {
        if (course.messages[m].sip.status < 300) answers.push_back(m);
    }
    return answers;
}

/// Whether its `to` made the 2xx, as far as is seen.
bool is_made_there(const Course& course, const Transaction& one) {
    return std::none_of(one.behind.begin(), one.behind.end(), [&](std::size_t other) {
        const Transaction& next = course.transactions[other];
        return next.leg == one.leg && !answers_of(course, next).empty();
    });
}

/// Somebody sees what comes to the host that made the 2xx, on this hop.
bool is_way_seen(const Course& course, const Transaction& one) {
    return !one.requests.empty() ||
           std::any_of(course.messages.begin(), course.messages.end(), [&](const auto& it) {
               return it.leg == one.leg && it.src == one.from && it.dst == one.to;
           });
}

/// RFC 3261 13.3.1.4: a 2xx is sent again for 32 s unless something ends it. If nothing was seen to
/// end it, an ACK did that nobody saw.
bool ended_unseen(const Course& course, const Transaction& one,
                  const std::vector<std::size_t>& answers) {
    constexpr wire::Micros second = 1'000'000, longest_pause = 4 * second, all_of_it = 30 * second;
    const wire::Micros last = course.messages[answers.back()].at;
    if (last - course.messages[answers.front()].at > all_of_it) return false;
    const wire::Micros due =
        last +
        std::min(2 * (last - course.messages[answers[answers.size() - 2]].at), longest_pause) +
        second;
    if (course.end() <= due) return false;  // nothing shows that anybody looked as long as that
    return std::none_of(course.messages.begin(), course.messages.end(), [&](const auto& it) {
        return it.leg == one.leg && it.sip.is_request && it.sip.method == "BYE" && it.at <= due;
    });
}

}  // namespace

void find_no_ack(Found& found) {
    const Course& course = found.course;
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        if (one.method != "INVITE" || found.is_explained(t) || !is_made_there(course, one))
            continue;
        std::vector<std::size_t> proof = answers_of(course, one);
        if (proof.size() <= least_repeats || !is_way_seen(course, one)) continue;
        if (ended_unseen(course, one, proof)) continue;
        const std::size_t repeats = proof.size() - 1;
        std::size_t reached = none;  // the host farthest on the way that an ACK was seen to reach
        bool has_arrived = false;
        for (std::size_t m = proof.front(); m < course.messages.size(); ++m) {
            const Transmitted& it = course.messages[m];
            if (!is_ack_of(it, one)) continue;
            has_arrived |= it.dst == one.to;
            reached = it.dst;
            proof.push_back(m);
        }
        if (has_arrived) continue;
        std::string text = found.host(one.to) + " sent its " +
                           status_text(course.messages[proof.front()].sip) + ' ' +
                           times_text(repeats + 1) + ", and got no ACK";
        std::size_t blamed = one.from;
        if (reached != none) {
            text += ": it came as far as " + found.host(reached);
            blamed = reached;
        }
        for (std::size_t m = proof.front(); m < course.messages.size(); ++m) {
            const Transmitted& it = course.messages[m];
            const bool ends = it.sip.is_request && it.sip.method == "BYE" && it.leg == one.leg &&
                              it.src == one.to;
            if (!ends) continue;
            text +=
                "; after " + time_text(it.at - course.messages[proof.front()].at) + " it hung up";
            proof.push_back(m);
            break;
        }
        found.add(Code::no_ack, Severity::error, text + '.', proof, blamed);
        found.explain(t);
        // A BYE of who got no ACK, or to where the ACK went, gets lost for the same reason.
        for (std::size_t b = 0; b < course.transactions.size(); ++b) {
            const Transaction& bye = course.transactions[b];
            if (bye.method != "BYE" || bye.leg != one.leg || bye.requests.empty()) continue;
            const bool goes_astray = reached != none && bye.to == reached;
            if (goes_astray || who_asked(course, bye.requests.front()) == one.to) found.follows(b);
        }
    }
}

}  // namespace ci::calls
