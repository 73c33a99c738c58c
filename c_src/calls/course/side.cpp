#include "calls/course/side.h"

#include <algorithm>
#include <set>
#include <utility>

namespace ci::calls {
namespace {

using LegAndHost = std::pair<std::size_t, std::size_t>;

/// Who of a leg is in scope.
struct Parties {
    bool caller = false, callee = false;
};

class Ends {
  public:
    Ends(const Course& course, std::span<const Row> rows, const Scope& scope) : course_(course) {
        for (const Row& row : rows) {
            parties_.push_back({has_caller(scope, row), has_callee(scope, row)});
        }
        for (std::size_t i = 0; i < course.transactions.size(); ++i) {
            if (is_initial(course, course.transactions[i])) initial_.push_back(i);
        }
    }

    [[nodiscard]] std::set<LegAndHost> all() const {
        std::set<LegAndHost> ends;
        for (const std::size_t i : initial_) {
            const Transaction& one = course_.transactions[i];
            if (parties_[one.leg].caller && is_first(i)) ends.emplace(one.leg, one.from);
            if (parties_[one.leg].callee && is_last(i)) ends.emplace(one.leg, one.to);
        }
        return ends;
    }

  private:
    /// Somebody in scope was called, and called on another leg thereupon.
    [[nodiscard]] bool goes_on_as(std::size_t before, const Transaction& one) const {
        const Transaction& asked = course_.transactions[before];
        return asked.leg != one.leg && parties_[asked.leg].callee;
    }
    /// Its sender was not asked before, or only as somebody who is in scope.
    [[nodiscard]] bool is_first(std::size_t i) const {
        const Transaction& one = course_.transactions[i];
        if (one.from == none || (one.before != none && !goes_on_as(one.before, one))) return false;
        return std::none_of(initial_.begin(), initial_.end(), [&](std::size_t other) {
            const Transaction& asked = course_.transactions[other];
            return other < i && asked.to == one.from && !parties_[asked.leg].callee;
        });
    }
    /// Its receiver asked nobody afterwards, or only as somebody who is in scope.
    [[nodiscard]] bool is_last(std::size_t i) const {
        const Transaction& one = course_.transactions[i];
        if (one.to == none) return false;
        for (const std::size_t behind : one.behind) {
            const Transaction& next = course_.transactions[behind];
            if (next.leg == one.leg || !parties_[next.leg].caller) return false;
        }
        return std::none_of(initial_.begin(), initial_.end(), [&](std::size_t other) {
            const Transaction& asks = course_.transactions[other];
            return other > i && asks.from == one.to && !parties_[asks.leg].caller;
        });
    }

    const Course& course_;
    std::vector<Parties> parties_;      ///< by leg
    std::vector<std::size_t> initial_;  ///< transactions that begin something
};

bool has_end_in_networks(const chunk::Chunk& chunk, const Scope& scope) {
    for (const std::string* text : {&chunk.src, &chunk.dst}) {
        const auto endpoint = wire::parse_endpoint(*text);
        if (endpoint && has_network(scope, endpoint->address)) return true;
    }
    return false;
}

}  // namespace

std::vector<bool> seen_from(const Course& course, std::span<const std::size_t> leg_of,
                            std::span<const Row> rows, const Scope& scope) {
    std::vector<bool> seen(leg_of.size(), false);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const chunk::Chunk& chunk = course.chunks[i];
        seen[i] = chunk.event.empty() && has_end_in_networks(chunk, scope);
    }
    const std::set<LegAndHost> ends = Ends(course, rows, scope).all();
    for (const Transmitted& message : course.messages) {
        if (!ends.contains({message.leg, message.src}) &&
            !ends.contains({message.leg, message.dst})) {
            continue;
        }
        for (const std::size_t chunk : course.flow->events[message.event].seen) seen[chunk] = true;
    }
    return seen;
}

}  // namespace ci::calls
