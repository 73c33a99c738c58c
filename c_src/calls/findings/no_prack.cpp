// no_prack: a reliable provisional response is sent again, because no PRACK arrives (RFC 3262 3).
#include <algorithm>
#include <map>

#include "calls/findings/found.h"

namespace ci::calls {

void find_no_prack(Found& found) {
    const Course& course = found.course;
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        std::map<std::string_view, std::vector<std::size_t>> reliable;  // by RSeq
        for (const std::size_t m : one.provisionals) {
            const auto number = sip::find_header(course.messages[m].sip, "RSeq", 0);
            if (!number.empty()) reliable[number].push_back(m);
        }
        const bool is_made_here =
            std::none_of(one.behind.begin(), one.behind.end(), [&](std::size_t other) {
                return !course.transactions[other].is_other_leg &&
                       !course.transactions[other].provisionals.empty();
            });
        if (!is_made_here) continue;
        for (const auto& [number, sent] : reliable) {
            if (sent.size() < 3) continue;
            const bool is_acknowledged = std::any_of(
                course.messages.begin(), course.messages.end(),
                [&](const auto& it) { return it.leg == one.leg && it.sip.method == "PRACK"; });
            if (is_acknowledged) continue;
            Finding& finding = found.add(Code::no_prack, Severity::error,
                                         found.host(one.to) + " sent its " +
                                             status_text(course.messages[sent.front()].sip) + ' ' +
                                             times_text(sent.size()) + ", and got no PRACK.",
                                         sent, one.from);
            finding.is_root =
                found.attempt.is_failed(course) && is_behind(course, t, found.attempt.last);
            found.has_root |= finding.is_root;
            found.explain(t);
        }
    }
}

}  // namespace ci::calls
