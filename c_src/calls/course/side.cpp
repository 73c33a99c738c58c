#include "calls/course/side.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "calls/row.h"
#include "sip/message.h"

namespace ci::calls {
namespace {

/// All that was begun with one From tag on one leg. Who sends a request with another one's Call-ID
/// does not become a party of that one's call.
using Attempt = std::pair<std::size_t, std::string_view>;
using AttemptAndHost = std::pair<Attempt, std::size_t>;

/// Who of an attempt is in scope.
struct Parties {
    bool caller = false, callee = false;
};

class Ends {
  public:
    Ends(const Course& course, const Scope& scope) : course_(course) {
        std::map<Attempt, Row> rows;
        for (std::size_t i = 0; i < course.transactions.size(); ++i) {
            const Transaction& one = course.transactions[i];
            attempts_.push_back(attempt_of(one));
            if (!is_initial(course, one)) continue;
            initial_.push_back(i);
            Row& row = rows.try_emplace(attempts_[i], Row(std::string())).first->second;
            for (const std::size_t request : one.requests) {
                const order::Event& event = course.flow->events[course.messages[request].event];
                for (const std::size_t chunk : event.seen) row.take(course.chunks[chunk]);
            }
        }
        for (const auto& [attempt, row] : rows) {
            parties_[attempt] = {has_caller(scope, row), has_callee(scope, row)};
        }
    }

    [[nodiscard]] std::set<AttemptAndHost> all() const {
        std::set<AttemptAndHost> ends;
        for (const std::size_t i : initial_) {
            const Transaction& one = course_.transactions[i];
            if (parties(i).caller && is_first(i)) ends.emplace(attempts_[i], one.from);
            if (parties(i).callee && is_last(i)) ends.emplace(attempts_[i], one.to);
        }
        return ends;
    }

  private:
    [[nodiscard]] Attempt attempt_of(const Transaction& one) const noexcept {
        for (const auto* const messages : {&one.requests, &one.provisionals, &one.finals}) {
            if (messages->empty()) continue;
            return {one.leg, sip::from_tag(course_.messages[messages->front()].sip)};
        }
        return {one.leg, {}};
    }
    [[nodiscard]] Parties parties(std::size_t transaction) const {
        const auto found = parties_.find(attempts_[transaction]);
        return found == parties_.end() ? Parties{} : found->second;
    }
    /// Somebody in scope was called, and called on another leg thereupon.
    [[nodiscard]] bool goes_on_as(std::size_t before, const Transaction& one) const {
        return course_.transactions[before].leg != one.leg && parties(before).callee;
    }
    /// Its sender was not asked before, or only as somebody who is in scope.
    [[nodiscard]] bool is_first(std::size_t i) const {
        const Transaction& one = course_.transactions[i];
        if (one.from == none || (one.before != none && !goes_on_as(one.before, one))) return false;
        return std::none_of(initial_.begin(), initial_.end(), [&](std::size_t other) {
            const Transaction& asked = course_.transactions[other];
            return other < i && asked.to == one.from && !parties(other).callee;
        });
    }
    /// Its receiver asked nobody afterwards, or only as somebody who is in scope.
    [[nodiscard]] bool is_last(std::size_t i) const {
        const Transaction& one = course_.transactions[i];
        if (one.to == none) return false;
        for (const std::size_t behind : one.behind) {
            const Transaction& next = course_.transactions[behind];
            if (next.leg == one.leg || !parties(behind).caller) return false;
        }
        return std::none_of(initial_.begin(), initial_.end(), [&](std::size_t other) {
            const Transaction& asks = course_.transactions[other];
            return other > i && asks.from == one.to && !parties(other).caller;
        });
    }

    const Course& course_;
    std::vector<Attempt> attempts_;     ///< by transaction
    std::vector<std::size_t> initial_;  ///< transactions that begin something
    std::map<Attempt, Parties> parties_;
};

/// Whether the host of an end sent or got the message in that end's attempt, or in the dialog that
/// came of it, whose requests from the callee have the caller's tag in To.
bool is_at_an_end(const std::set<AttemptAndHost>& ends, const Transmitted& message) {
    const auto is_end = [&](std::string_view tag) {
        const Attempt attempt{message.leg, tag};
        return ends.contains({attempt, message.src}) || ends.contains({attempt, message.dst});
    };
    const std::string_view to_tag = sip::to_tag(message.sip);
    return is_end(sip::from_tag(message.sip)) || (!to_tag.empty() && is_end(to_tag));
}

bool has_end_in_networks(const chunk::Chunk& chunk, const Scope& scope) {
    for (const std::string* text : {&chunk.src, &chunk.dst}) {
        const auto endpoint = wire::parse_endpoint(*text);
        if (endpoint && has_network(scope, endpoint->address)) return true;
    }
    return false;
}

}  // namespace

std::vector<bool> seen_from(const Course& course, const Scope& scope) {
    std::vector<bool> seen(course.chunks.size(), false);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const chunk::Chunk& chunk = course.chunks[i];
        seen[i] = chunk.event.empty() && has_end_in_networks(chunk, scope);
    }
    const std::set<AttemptAndHost> ends = Ends(course, scope).all();
    for (const Transmitted& message : course.messages) {
        if (!is_at_an_end(ends, message)) continue;
        for (const std::size_t chunk : course.flow->events[message.event].seen) seen[chunk] = true;
    }
    return seen;
}

}  // namespace ci::calls
