#include "calls/findings/attempt.h"

#include <algorithm>
#include <string_view>

#include "sip/message.h"

namespace ci::calls {
namespace {

/// More hops than any call has; a guard against circles in what strangers send.
constexpr int most_hops_walked = 70;

/// What a call is about: an INVITE before a REGISTER, and any of them before a BYE.
int rank_of(const Course& course, const Transaction& one) {
    if (!is_initial(course, one)) return 3;
    if (one.method == "INVITE") return 0;
    return one.method == "ACK" || one.method == "PRACK" ? 3 : 1;
}

bool is_same_sender(const Course& course, const Transaction& a, const Transaction& b) {
    const Transmitted* first = course.first_request(a);
    const Transmitted* second = course.first_request(b);
    return a.leg == b.leg && a.method == b.method && a.from == b.from &&
           (first == nullptr || second == nullptr ||
            sip::from_tag(first->sip) == sip::from_tag(second->sip));
}

std::size_t first_of(const Course& course) {
    std::size_t best = none;
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        if (one.before != none || one.method == "CANCEL") continue;
        if (best == none || rank_of(course, one) < rank_of(course, course.transactions[best])) {
            best = t;
        }
    }
    return best;
}

/// Whose leg to the caller nobody saw tries one target after another, each on a leg of its own.
bool is_answered_on_other_leg(const Course& course, const Transaction& head) {
    return std::any_of(
        course.transactions.begin(), course.transactions.end(), [&](const Transaction& one) {
            return one.leg != head.leg && one.from == head.from && one.method == "INVITE" &&
                   is_initial(course, one) && course.status(one) / 100 == 2;
        });
}

}  // namespace

Attempt attempt_of(const Course& course) {
    Attempt attempt;
    const std::size_t first = first_of(course);
    if (first == none) return attempt;
    const Transaction& head = course.transactions[first];
    const bool begins = is_initial(course, head);
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        if (one.before != none || is_initial(course, one) != begins) continue;
        if (is_same_sender(course, head, one)) attempt.tries.push_back(t);
    }
    std::stable_sort(attempt.tries.begin(), attempt.tries.end(), [&](std::size_t a, std::size_t b) {
        return course.transactions[a].number < course.transactions[b].number;
    });
    attempt.last = attempt.tries.back();
    if (head.method == "INVITE") {
        const auto accepted =
            std::find_if(attempt.tries.begin(), attempt.tries.end(), [&](std::size_t t) {
                const auto& finals = course.transactions[t].finals;
                return std::any_of(finals.begin(), finals.end(), [&](std::size_t m) {
                    return course.messages[m].sip.status < 300;
                });
            });
        if (accepted != attempt.tries.end()) attempt.last = *accepted;
    }
    for (const std::size_t m : course.transactions[attempt.last].finals) {
        if (attempt.answer == none || course.messages[m].sip.status < 300) {
            attempt.answer = m;
            if (course.messages[m].sip.status < 300) break;
        }
    }
    // What was refused is a branch, or an earlier try, of a call that others saw go on.
    if (head.method == "INVITE" && attempt.is_failed(course) &&
        (has_dialog(course, head.leg, attempt.answer) || is_answered_on_other_leg(course, head))) {
        attempt.answer = none;
    }
    return attempt;
}

bool has_dialog(const Course& course, std::size_t leg, std::size_t from) {
    return std::any_of(course.messages.begin() + static_cast<std::ptrdiff_t>(from),
                       course.messages.end(), [&](const Transmitted& it) {
                           const std::string_view method = it.sip.method;
                           return it.leg == leg && it.sip.is_request && method != "ACK" &&
                                  method != "CANCEL" && method != "PRACK" &&
                                  !sip::to_tag(it.sip).empty();
                       });
}

namespace {

/// Which of the refusals that a host got it passed back as `refusal`: the one of the same status,
/// else the last one before it.
std::size_t passed_back(const Course& course, std::size_t t, std::size_t refusal) {
    std::size_t best = none;
    const std::uint16_t status = course.messages[refusal].sip.status;
    for (const std::size_t behind : course.transactions[t].behind) {
        for (const std::size_t m : course.transactions[behind].finals) {
            const Transmitted& one = course.messages[m];
            if (one.sip.status < 300 || m > refusal) continue;
            const bool is_better = best == none || one.sip.status == status ||
                                   course.messages[best].sip.status != status;
            if (is_better) best = m;
            break;
        }
    }
    return best;
}

std::size_t waited_for(const Course& course, std::size_t t) {
    for (const std::size_t behind : course.transactions[t].behind) {
        const Transaction& one = course.transactions[behind];
        if (!one.requests.empty() && !one.has_answer()) return behind;
    }
    return none;
}

/// Statuses that a host makes when another one does not answer it, or that end a fork.
bool may_be_made_of_silence(std::uint16_t status) {
    return status == 408 || status == 480 || status == 487 || status >= 500;
}

/// Of a hop between two legs that nobody saw: the other leg got the same refusal before.
std::size_t refusal_of_other_leg(const Course& course, std::size_t t, std::size_t refusal) {
    const Transmitted& passed_on = course.messages[refusal];
    for (std::size_t other = 0; other < course.transactions.size(); ++other) {
        const Transaction& one = course.transactions[other];
        const bool may_be = one.before == none && !one.finals.empty() && one.leg != passed_on.leg &&
                            one.method == course.transactions[t].method;
        if (!may_be || one.finals.front() > refusal) continue;
        if (course.begin(one) < course.begin(course.transactions[t])) continue;
        if (course.status(one) == passed_on.sip.status) return one.finals.front();
    }
    return none;
}

}  // namespace

Origin origin_of(const Course& course, std::size_t refusal) {
    Origin origin;
    origin.message = refusal;
    for (int steps = 0; steps < most_hops_walked; ++steps) {
        const Transmitted& response = course.messages[origin.message];
        origin.transaction = response.transaction;
        if (origin.transaction == none) return origin;
        std::size_t next = none;
        if (response.cause != none && !course.messages[response.cause].sip.is_request &&
            course.messages[response.cause].sip.status >= 300) {
            next = response.cause;
        }
        if (next == none) next = passed_back(course, origin.transaction, origin.message);
        const std::size_t silent = waited_for(course, origin.transaction);
        const bool is_silence =
            silent != none && may_be_made_of_silence(response.sip.status) &&
            (next == none || course.messages[next].sip.status != response.sip.status);
        if (is_silence) {
            origin.unanswered = silent;
            return origin;
        }
        if (next == none) {
            next = refusal_of_other_leg(course, origin.transaction, origin.message);
        }
        if (next == none) return origin;
        origin.message = next;
    }
    return origin;
}

std::size_t who_asked(const Course& course, std::size_t request) {
    std::size_t host = course.messages[request].src;
    std::size_t t = course.messages[request].transaction;
    for (int steps = 0; t != none && steps < most_hops_walked; ++steps) {
        host = course.transactions[t].from;
        t = course.transactions[t].before;
    }
    return host;
}

bool is_behind(const Course& course, std::size_t other, std::size_t transaction) {
    for (int steps = 0; other != none && steps < most_hops_walked; ++steps) {
        if (other == transaction) return true;
        other = course.transactions[other].before;
    }
    return false;
}

}  // namespace ci::calls
