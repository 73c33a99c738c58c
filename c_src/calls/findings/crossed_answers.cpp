// answer_crossed_cancel, two_answers: answers that come too late (RFC 3261 9.1, 13.2.2.4).
#include <algorithm>
#include <map>

#include "calls/findings/found.h"

namespace ci::calls {
namespace {

/// How long a message may be on its way.
constexpr wire::Micros longest_way = 500'000;
/// Whoever gets a second answer hangs it up at once.
constexpr wire::Micros at_once = 5'000'000;

/// The first BYE of the leg that is of the dialog with this To tag; none.
std::size_t bye_of(const Course& course, std::size_t leg, std::string_view to_tag) {
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        if (one.leg != leg || !one.sip.is_request || one.sip.method != "BYE") continue;
        const bool is_its =
            to_tag.empty() || sip::to_tag(one.sip) == to_tag || sip::from_tag(one.sip) == to_tag;
        if (is_its) return m;
    }
    return none;
}

std::size_t first_answer(const Course& course, const Transaction& one) {
    for (const std::size_t m : one.finals) {
        if (course.messages[m].sip.status < 300) return m;
    }
    return none;
}

void find_crossing(Found& found, std::vector<bool>& told) {
    const Course& course = found.course;
    for (std::size_t t = course.transactions.size(); t-- > 0;) {
        const Transaction& one = course.transactions[t];
        if (one.method != "INVITE" || one.cancel == none || told[one.leg]) continue;
        const Transaction& cancel = course.transactions[one.cancel];
        const std::size_t answer = first_answer(course, one);
        if (answer == none || cancel.requests.empty()) continue;
        // A host that has just sent an answer gets a CANCEL that left before the answer arrived.
        const wire::Micros later =
            course.messages[cancel.requests.front()].at - course.messages[answer].at;
        const bool knows_times =
            found.knows_time_of(cancel.requests.front()) && found.knows_time_of(answer);
        if (later > longest_way || (later > 0 && !knows_times)) continue;
        const std::size_t bye = bye_of(course, one.leg, sip::to_tag(course.messages[answer].sip));
        told[one.leg] = true;
        std::string text = found.host(one.to) + " answered although " + found.host(one.from) +
                           " had cancelled the call";
        text += bye == none ? ", and nobody hung up." : "; the call was hung up then.";
        found.add(Code::answer_crossed_cancel, bye == none ? Severity::error : Severity::warning,
                  text, {cancel.requests.front(), answer, bye}, one.to);
    }
}

/// Legs that a back-to-back user agent made of this transaction, and that were answered.
void add_answers_of_legs(const Course& course, const Transaction& one,
                         std::map<std::string_view, std::size_t>& answers) {
    for (const std::size_t behind : one.behind) {
        const Transaction& next = course.transactions[behind];
        const std::size_t m = next.is_other_leg ? first_answer(course, next) : none;
        if (m != none) answers.emplace(sip::to_tag(course.messages[m].sip), m);
    }
}

/// Of legs, which may be kept on purpose, only what is sure counts.
bool is_at_once(const Found& found, std::size_t answer, std::size_t bye, bool must_be_sure) {
    const wire::Micros waited = found.course.messages[bye].at - found.course.messages[answer].at;
    const bool is_sure = found.knows_time_of(answer) && found.knows_time_of(bye) && waited >= 0;
    return waited < at_once && (is_sure || !must_be_sure);
}

void find_second_answers(Found& found, std::vector<bool>& told) {
    const Course& course = found.course;
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        const bool is_callers = one.before == none || one.is_other_leg;
        if (one.method != "INVITE" || !is_callers || told[one.leg]) continue;
        // By their To tags: of one phone's answer others are retransmissions.
        std::map<std::string_view, std::size_t> answers;
        for (const std::size_t m : one.finals) {
            if (course.messages[m].sip.status >= 300) continue;
            answers.emplace(sip::to_tag(course.messages[m].sip), m);
        }
        const bool is_of_legs = answers.size() < 2;
        if (is_of_legs) {
            answers.clear();
            add_answers_of_legs(course, one, answers);
        }
        if (answers.size() < 2) continue;
        std::vector<std::size_t> proof;
        std::size_t open = 0, ended_at_once = 0;
        for (const auto& [tag, m] : answers) {
            proof.push_back(m);
            const std::size_t bye = bye_of(course, course.messages[m].leg, tag);
            if (bye == none) {
                ++open;
                continue;
            }
            if (is_at_once(found, m, bye, is_of_legs)) ++ended_at_once;
            proof.push_back(bye);
        }
        // Legs that the same host keeps are wanted: a recorder, a conference.
        if (is_of_legs && ended_at_once == 0) continue;
        // One of them is the call, which may go on.
        for (const auto& [tag, m] : answers) told[course.messages[m].leg] = true;
        const bool is_ended = open == 0 || ended_at_once + 1 >= answers.size();
        found.add(Code::two_answers, is_ended ? Severity::warning : Severity::error,
                  std::to_string(answers.size()) + " phones answered the call of " +
                      found.host(one.from) +
                      (is_ended ? "; one of them was hung up." : ", and none was hung up."),
                  proof, one.from);
    }
}

}  // namespace

void find_crossed_answers(Found& found) {
    std::vector<bool> told(found.course.legs, false);
    find_second_answers(found, told);
    find_crossing(found, told);
}

}  // namespace ci::calls
