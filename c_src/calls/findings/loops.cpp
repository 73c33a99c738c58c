// loop: 482, 483, or the same request reaches a host for the third time.
#include <algorithm>
#include <map>
#include <tuple>

#include "calls/findings/found.h"

namespace ci::calls {
namespace {

constexpr std::size_t arrivals_of_a_loop = 3;

/// RFC 3261 8.2.2.2: what a proxy forked came to one host over several branches, and it takes one.
bool is_merged(const Course& course, const Transaction& refused) {
    return std::any_of(
        course.transactions.begin(), course.transactions.end(), [&](const Transaction& other) {
            const bool is_taken =
                !other.finals.empty() ? course.status(other) != 482 : !other.provisionals.empty();
            return is_taken && other.leg == refused.leg && other.to == refused.to &&
                   other.method == refused.method && other.number == refused.number &&
                   other.before == refused.before;
        });
}

void find_refused_loops(Found& found) {
    const Course& course = found.course;
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        const std::uint16_t status = course.status(one);
        if ((status != 482 && status != 483) || found.is_explained(t)) continue;
        const Origin origin = origin_of(course, one.finals.front());
        const std::size_t at =
            origin.transaction == none ? none : course.transactions[origin.transaction].to;
        const Transmitted& refusal = course.messages[origin.message];
        const bool is_branch =
            (origin.transaction != none && status == 482 &&
             is_merged(course, course.transactions[origin.transaction])) ||
            (found.attempt.is_accepted(course) && is_behind(course, t, found.attempt.last));
        Finding& finding = found.add(Code::loop, is_branch ? Severity::info : Severity::error,
                                     found.host(at) + " refused " + std::string(one.method) +
                                         " with " + status_text(refusal.sip) +
                                         (status == 483 ? ": the request passed too many hosts."
                                                        : ": it had seen this request before."),
                                     {origin.message, one.finals.front()}, at);
        finding.status = status;
        finding.is_root =
            found.attempt.is_failed(course) && is_behind(course, t, found.attempt.last);
        found.has_root |= finding.is_root;
        found.explain(t);
        if (origin.transaction != none) found.explain(origin.transaction);
    }
}

void explain_all_behind(Found& found, std::size_t transaction) {
    std::vector<std::size_t> next = {transaction};
    while (!next.empty()) {
        const std::size_t t = next.back();
        next.pop_back();
        found.explain(t);
        for (const std::size_t behind : found.course.transactions[t].behind) {
            if (!found.is_explained(behind)) next.push_back(behind);
        }
    }
}

}  // namespace

void find_loops(Found& found) {
    const Course& course = found.course;
    using Request = std::tuple<std::size_t, std::string_view, std::uint64_t, std::string_view,
                               std::string_view, std::size_t>;
    std::map<Request, std::vector<std::size_t>> arrivals;
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        const Transmitted* request = course.first_request(one);
        if (request == nullptr || request->vias.empty() || one.to == none) continue;
        arrivals[{one.leg, one.method, one.number, request->sip.request_uri,
                  sip::from_tag(request->sip), one.to}]
            .push_back(t);
    }
    for (const auto& [request, transactions] : arrivals) {
        // They must be one behind the other: a fork to three phones of one address is none.
        std::vector<std::size_t> chain;
        for (const std::size_t t : transactions) {
            if (chain.empty() || is_behind(course, t, chain.back())) chain.push_back(t);
        }
        if (chain.size() < arrivals_of_a_loop) continue;
        if (found.is_explained(chain.front())) continue;  // another host of the same circle
        std::vector<std::size_t> proof;
        proof.reserve(chain.size());
        for (const std::size_t t : chain) proof.push_back(course.transactions[t].requests.front());
        const Transaction& first = course.transactions[chain.front()];
        Finding& finding =
            found.add(Code::loop, Severity::error,
                      std::string(first.method) + " reached " + found.host(first.to) + ' ' +
                          times_text(chain.size()) + ": it goes in a circle.",
                      proof, first.to);
        finding.status = found.attempt.status(course);
        finding.is_root = !found.is_answered && is_behind(course, chain.back(), found.attempt.last);
        found.has_root |= finding.is_root;
        // Whatever refused it, or did not answer it any more, did so because of the circle.
        explain_all_behind(found, chain.front());
    }
    find_refused_loops(found);
}

}  // namespace ci::calls
