#include "calls/story/callings.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "sip/message.h"

namespace ci::calls {
namespace {

bool is_own(const Transaction& one) noexcept {
    return one.before == none || one.is_other_leg;
}

/// The transaction at the first hop of what this one passes on.
std::size_t head_of(const Course& course, std::size_t transaction) {
    for (int steps = 0; transaction != none && steps < most_hops_of_a_story; ++steps) {
        const Transaction& one = course.transactions[transaction];
        if (is_own(one)) return transaction;
        transaction = one.before;
    }
    return none;
}

std::size_t begin_of(const Transaction& one) {
    std::size_t begin = none;
    for (const auto* list : {&one.requests, &one.provisionals, &one.finals}) {
        if (!list->empty()) begin = std::min(begin, list->front());
    }
    return begin;
}

/// The first 2xx; none: there is none.
std::size_t acceptance(const Course& course, const Transaction& one) {
    for (const std::size_t m : one.finals) {
        if (course.messages[m].sip.status < 300) return m;
    }
    return none;
}

void note(std::size_t host, std::vector<std::size_t>& hosts) {
    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(host);
}

/// Follows what proxies made of a transaction to its ends.
void follow(const Course& course, std::size_t transaction, int steps, Calling& calling) {
    const Transaction& one = course.transactions[transaction];
    bool is_end = true;
    for (const std::size_t t : one.behind) {
        const Transaction& behind = course.transactions[t];
        if (behind.is_other_leg || behind.method != "INVITE" || steps == 0) continue;
        is_end = false;
        follow(course, t, steps - 1, calling);
    }
    note(one.to, is_end ? calling.targets : calling.via);
    // Ends are looked at first, so the taker is the farthest host that accepted.
    if (calling.taker == none && acceptance(course, one) != none) calling.taker = one.to;
}

}  // namespace

bool Callings::is_part(std::size_t other, std::size_t calling) const noexcept {
    for (int steps = 0; other != none && steps < most_hops_of_a_story; ++steps) {
        if (other == calling) return true;
        other = all[other].parent;
    }
    return false;
}

Callings callings_of(const Course& course) {
    Callings callings;
    callings.of.assign(course.transactions.size(), none);
    using Sender = std::tuple<std::size_t, std::size_t, std::string_view>;  // leg, host, From tag
    std::map<Sender, std::size_t> known;
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        if (one.method != "INVITE" || !is_initial(course, one) || !is_own(one)) continue;
        const std::size_t begin = begin_of(one);
        if (begin == none) continue;
        const auto tag = sip::from_tag(course.messages[begin].sip);
        const auto [at, is_new] =
            known.emplace(Sender{one.leg, one.from, tag}, callings.all.size());
        if (is_new) callings.all.push_back({{}, none, none, one.from, {}, {}, begin});
        callings.of[t] = at->second;
        Calling& calling = callings.all[at->second];
        calling.tries.push_back(t);
        if (calling.answer == none) {
            calling.last = t;
            calling.answer = acceptance(course, one);
        }
    }
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const std::size_t head = head_of(course, t);
        if (head != none) callings.of[t] = callings.of[head];
    }
    for (Calling& calling : callings.all) {
        follow(course, calling.last, most_hops_of_a_story, calling);
        for (const std::size_t t : calling.tries) {
            const std::size_t before = course.transactions[t].before;
            if (before != none && calling.parent == none) calling.parent = callings.of[before];
        }
    }
    // A transfer, or a hunt that goes on, shows no message that made its maker call.
    std::map<std::size_t, std::size_t> called;  // by host: the last calling that it got
    for (std::size_t i = 0; i < callings.all.size(); ++i) {
        Calling& calling = callings.all[i];
        const auto got = called.find(calling.maker);
        if (calling.parent == none && got != called.end()) calling.parent = got->second;
        for (const std::size_t target : calling.targets) called[target] = i;
    }
    return callings;
}

}  // namespace ci::calls
