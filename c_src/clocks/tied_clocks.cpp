#include "clocks/tied_clocks.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <string>
#include <tuple>

#include "order/observe/limits.h"

namespace ci::clocks {
namespace {

using wire::Micros;

/// The delay from a sender to the collector, as order() assumes it (alignment.cpp).
constexpr Micros arrival_spread = 2'000;
constexpr Micros pair_spread = 100;
/// An observer with fewer messages dates no others.
constexpr std::uint64_t enough = samples_for_a_jump;

/// What an observer's own line says of its clock.
order::ClockPrior from_own_line(std::string_view observer, const Track& line) {
    order::ClockPrior prior;
    prior.observer = observer;
    prior.at = line.last;
    prior.offset = line.at(line.last) + order::usual_delay;
    prior.drift = line.drift();
    prior.spread = std::max(line.spread(), arrival_spread);
    prior.count = line.count;
    prior.since = line.since;
    return prior;
}

/// The delay that all messages of an observer have in common.
Micros common_delay(const order::ClockPrior& prior, const Track& line) {
    const Micros here = line.at(line.last);
    const Micros about = prior.offset_at(line.last) - here;
    // Late messages were made long before they arrived; meanwhile the clock drifted.
    return prior.offset_at(line.last - about) - here;
}

}  // namespace

void TiedClocks::add(std::string_view observer, const Arrivals& arrivals) {
    observers_[observer] = &arrivals;
}

void TiedClocks::tie(std::string_view first, std::string_view second, const Difference& there,
                     const Difference* back) {
    const Track& to = there.track;
    Tie tie{second,  to.at(to.last), to.drift(),           to.spread(),    to.since,
            to.last, to.count,       there.receiver_later, to.has_jumped()};
    Micros first_later = there.sender_later;
    // After a clock was set, one direction may not have shown it yet.
    if (back != nullptr && back->track.last >= to.since) {
        const Track& from = back->track;
        if (to.last >= from.since) {
            tie.at = std::max(to.last, from.last);
            tie.ahead = to.at(tie.at) / 2 - from.at(tie.at) / 2;
            tie.drift = (to.drift() - from.drift()) / 2;
            tie.spread = std::max(to.spread(), from.spread());
            tie.since = std::max(to.since, from.since);
            tie.was_set = to.has_jumped() || from.has_jumped();
            tie.count += from.count;
        } else {
            tie = {second,           -from.at(from.last), -from.drift(), from.spread(),
                   from.since,       from.last,           from.count,    0,
                   from.has_jumped()};
        }
        tie.later = std::max(there.receiver_later, back->sender_later);
        first_later = std::max(first_later, back->receiver_later);
    }
    tie.spread = std::max(tie.spread, pair_spread);
    const auto is_stale = [&](std::string_view observer, Micros later) {
        const auto found = observers_.find(observer);
        return found != observers_.end() && tie.at + later < found->second->line().since;
    };
    // A tie from before one of the clocks was set says nothing.
    if (is_stale(first, first_later) || is_stale(second, tie.later)) return;
    ties_[first].push_back(tie);
    tie.other = first;
    tie.ahead = -tie.ahead;
    tie.drift = -tie.drift;
    tie.later = first_later;
    ties_[second].push_back(tie);
}

TiedClocks::Group TiedClocks::reach_from(std::string_view root) const {
    // The nearest first (Dijkstra): spreads add up along the way.
    struct Way {
        Micros spread;
        const Tie* tie;
        const Reached* from;
        bool operator>(const Way& other) const {
            return std::tie(spread, tie->other) > std::tie(other.spread, other.tie->other);
        }
    };
    Group group;
    std::priority_queue<Way, std::vector<Way>, std::greater<>> ways;
    const auto go_on = [&](const Reached& from) {
        const auto ties = ties_.find(from.prior.observer);
        if (ties == ties_.end()) return;
        for (const Tie& tie : ties->second) {
            if (!group.contains(tie.other))
                ways.push({from.prior.spread + tie.spread, &tie, &from});
        }
    };
    const Track& line = observers_.at(root)->line();
    go_on(group[root] = {from_own_line(root, line), line.last, 0, false});
    while (!ways.empty()) {
        const auto [spread, tie, from] = ways.top();
        ways.pop();
        if (group.contains(tie->other)) continue;
        Reached& reached = group[tie->other];
        order::ClockPrior& prior = reached.prior;
        prior.observer = tie->other;
        prior.at = tie->at;
        prior.offset = from->prior.offset_at(tie->at) + tie->ahead;
        prior.drift = std::clamp(from->prior.drift + tie->drift, -drift_limit, drift_limit);
        prior.spread = spread;
        prior.count = tie->count;
        prior.since = std::max(from->prior.since, tie->since);
        reached.until = std::min(from->until, tie->at);
        reached.later = tie->later;
        reached.was_set = from->was_set || tie->was_set;
        go_on(reached);
    }
    return group;
}

std::string_view TiedClocks::promptest_of(std::string_view root, const Group& group) const {
    std::string_view promptest = root;
    Micros most = 0;
    for (const auto& [observer, reached] : group) {
        const auto found = observers_.find(observer);
        if (found == observers_.end() || observer == root) continue;
        const Track& line = found->second->line();
        // If a clock was set, its line and its ties speak of the same clock only where they
        // overlap.
        if (line.count < enough || line.last < reached.prior.since + reached.later ||
            reached.until + reached.later < line.since) {
            continue;
        }
        const Micros prompter = -common_delay(reached.prior, line) + order::usual_delay;
        if (prompter > most && prompter > reached.prior.spread) {
            most = prompter;
            promptest = observer;
        }
    }
    return promptest;
}

std::vector<KnownClock> TiedClocks::known() const {
    std::map<std::string_view, KnownClock> known;
    while (true) {
        // Starts from the observer with most samples, then anew from the best of the others.
        std::string_view root;
        std::uint64_t most = 0;
        for (const auto& [observer, arrivals] : observers_) {
            if (known.contains(observer) || arrivals->line().count <= most) continue;
            most = arrivals->line().count;
            root = observer;
        }
        if (most == 0) break;
        Group group = reach_from(root);
        if (const auto promptest = promptest_of(root, group); promptest != root) {
            root = promptest;
            group = reach_from(root);
        }
        for (auto& [observer, reached] : group) {
            if (known.contains(observer)) continue;
            KnownClock& one = known[observer];
            one.prior = std::move(reached.prior);
            const auto found = observers_.find(observer);
            if (found == observers_.end()) continue;
            const Arrivals& own = *found->second;
            // What was stamped before a clock was set does not count. A late observer's messages
            // of that time arrive later.
            const bool was_set = observer != root && reached.was_set;
            const Micros since = was_set ? one.prior.since + reached.later : 0;
            one.delivery = own.delays().judge(common_delay(one.prior, own.line()), since);
            one.delivery.by_others = observer != root;
            if (one.delivery.kind != Delivery::Kind::prompt) one.prior.late = one.delivery.worst;
        }
    }
    std::vector<KnownClock> all;
    all.reserve(known.size());
    for (auto& [observer, one] : known) all.push_back(std::move(one));
    return all;
}

}  // namespace ci::clocks
