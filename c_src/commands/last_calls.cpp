#include "commands/last_calls.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "calls/joining.h"

namespace ci::commands {
namespace {

constexpr std::size_t most_at_a_time = 1'000;  ///< dialogues

/// Takes dialogues, the newest start first. A call comes with its first leg, so that the newest
/// call comes first as well.
class Gatherer {
  public:
    Gatherer(index::Index& index, std::size_t n)
        : index_(index), dialogues_(index.dialogues()), n_(n) {}

    [[nodiscard]] bool is_full() const noexcept { return calls_.size() >= n_; }

    /// False: this one was taken before.
    bool take(calls::Row row) {
        if (!taken_.insert(row.call_id()).second) return false;
        // What was joined as a later leg comes with its call.
        if (later_.contains(row.call_id()) && !begun_.contains(row.call_id())) return true;
        Legs legs = legs_of(row.call_id());
        const std::string first = legs.first;
        Legs& together = begun_[first];
        together.add(std::move(legs));
        if (first != row.call_id()) {
            pass_on(row.call_id(), together);
            return true;
        }
        LastCall call{std::move(row), {}, std::move(together.incomplete)};
        for (auto& [start, call_id] : together.by_start) call.legs.push_back(call_id);
        calls_.push_back(std::move(call));
        begun_.erase(first);
        return true;
    }

    [[nodiscard]] std::vector<LastCall> calls() && { return std::move(calls_); }

  private:
    struct Legs {
        std::string first;
        std::set<std::pair<wire::Micros, std::string>> by_start;
        std::string incomplete;

        void add(Legs other) {
            by_start.merge(other.by_start);
            if (incomplete.empty()) incomplete = std::move(other.incomplete);
        }
    };

    Legs legs_of(const std::string& call_id) {
        const calls::Joined joined = calls::join(*dialogues_, call_id);
        Legs legs;
        legs.incomplete = joined.incomplete;
        for (const calls::Leg& leg : joined.legs) {
            if (leg.call_id != call_id && !index_.is_stored(leg.call_id)) continue;
            legs.by_start.emplace(leg.outline.start, leg.call_id);
            if (legs.first.empty() && leg.outline.is_call) legs.first = leg.call_id;
        }
        // The row may have gone since it was found.
        if (legs.first.empty()) legs.first = call_id;
        if (legs.by_start.empty()) legs.by_start.emplace(0, call_id);
        for (const auto& [start, leg] : legs.by_start) {
            if (leg != legs.first) later_.insert(leg);
        }
        return legs;
    }

    /// A guess may show only one of two legs that the other one belongs to it: what waits for this
    /// leg waits for the call's first one from now on.
    void pass_on(const std::string& call_id, Legs& together) {
        const auto found = begun_.find(call_id);
        if (found == begun_.end()) return;
        together.add(std::move(found->second));
        begun_.erase(found);
    }

    index::Index& index_;
    const std::unique_ptr<calls::Dialogues> dialogues_;
    const std::size_t n_;
    std::set<std::string> taken_, later_;
    std::map<std::string, Legs> begun_;  ///< by the first leg, which is still to come
    std::vector<LastCall> calls_;
};

/// Calls that had begun by `time`.
calls::Expression calls_until(std::optional<wire::Micros> time) {
    calls::Expression expression;
    calls::Value kind;
    kind.low = kind.high = static_cast<std::int64_t>(calls::Kind::call);
    expression.terms.push_back({calls::Field::kind, calls::Operator::equal, {kind}});
    if (!time) return expression;
    calls::Value until;
    until.low = until.high = *time;
    expression.terms.push_back({calls::Field::until, calls::Operator::equal, {until}});
    return expression;
}

}  // namespace

LastCalls last_calls(index::Index& index, std::size_t n) {
    LastCalls last;
    Gatherer gatherer(index, n);
    std::size_t wanted = std::min(2 * n, most_at_a_time);
    std::optional<wire::Micros> until;
    try {
        while (!gatherer.is_full()) {
            index::Index::Answer found = index.search(calls_until(until), wanted);
            if (last.incomplete.empty()) last.incomplete = std::move(found.incomplete);
            const bool was_last = found.rows.size() < wanted;
            bool is_new = false;
            for (calls::Row& row : found.rows) {
                until = row.start();
                is_new = gatherer.take(std::move(row)) || is_new;
                if (gatherer.is_full()) break;
            }
            if (was_last) break;
            if (!is_new) wanted *= 2;  // that many began at the same time
        }
    } catch (const index::Failure& failure) {
        last.incomplete = std::string("the index cannot be read: ") + failure.what();
    }
    last.calls = std::move(gatherer).calls();
    return last;
}

}  // namespace ci::commands
