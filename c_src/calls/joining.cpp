#include "calls/joining.h"

#include <algorithm>
#include <map>
#include <set>

#include "calls/guesses.h"
#include "calls/lookups.h"
#include "calls/sure_ties.h"

namespace ci::calls {
namespace {

using Group = std::set<std::string>;

class Joiner {
  public:
    Joiner(Dialogues& dialogues, const Bounds& bounds)
        : bounds_(bounds), lookups_(dialogues, bounds.look_ups), guesses_(lookups_) {}

    Joined join(const std::string& asked) {
        Joined joined;
        const auto& outline = lookups_.outline(asked);
        if (!outline) return joined;
        if (outline->is_registration) {
            joined.legs.push_back({asked, *outline, {}});
            return joined;
        }
        const Group own = sure_group(asked);
        add(own);
        add_parent_with_siblings(own);
        add_children(own);
        for (const std::string& call_id : legs_) {
            Leg leg{call_id, lookups_.outline(call_id).value_or(Outline{}), {}};
            leg.joined_by = std::move(proofs_[call_id]);
            tidy(leg.joined_by);
            joined.legs.push_back(std::move(leg));
        }
        std::sort(joined.legs.begin(), joined.legs.end(), [](const Leg& a, const Leg& b) {
            return std::tie(a.outline.start, a.call_id) < std::tie(b.outline.start, b.call_id);
        });
        if (is_full_) joined.incomplete = "more than " + std::to_string(bounds_.legs) + " legs";
        if (lookups_.are_exhausted()) {
            joined.incomplete = "more than " + std::to_string(bounds_.look_ups) + " look-ups";
        }
        return joined;
    }

  private:
    const Bounds bounds_;
    Lookups lookups_;
    Guesses guesses_;
    Group legs_;
    std::map<std::string, std::vector<Proof>> proofs_;
    std::map<std::string, Group> groups_;  ///< by their least member
    bool is_full_ = false;

    /// The dialogues that sure evidence ties to this one, itself among them.
    Group sure_group(const std::string& first) {
        Group group{first};
        std::vector<std::string> open{first};
        while (!open.empty()) {
            const std::string current = std::move(open.back());
            open.pop_back();
            for (Tie& tie : sure_ties(lookups_, current)) {
                if (!group.contains(tie.call_id)) {
                    if (group.size() >= bounds_.legs) {
                        is_full_ = true;
                        continue;
                    }
                    group.insert(tie.call_id);
                    open.push_back(tie.call_id);
                }
                note(current, std::move(tie));
            }
        }
        return group;
    }

    /// On both sides.
    void note(const std::string& one, Tie tie) {
        Proof back = tie.proof;
        back.with = one;
        proofs_[tie.call_id].push_back(std::move(back));
        proofs_[one].push_back(std::move(tie.proof));
    }

    /// A channel of which only lines of a log are known does not make a group sure of itself.
    bool has_several(const Group& group) {
        return std::count_if(group.begin(), group.end(), [&](const std::string& call_id) {
                   const auto& outline = lookups_.outline(call_id);
                   return outline && outline->is_call;
               }) > 1;
    }

    void add(const Group& group) {
        for (const std::string& call_id : group) {
            if (legs_.size() < bounds_.legs) {
                legs_.insert(call_id);
            } else if (!legs_.contains(call_id)) {
                is_full_ = true;
            }
        }
    }

    /// The guess for the group's first leg that has one and leads out of the group: later legs were
    /// made for that one. `child` becomes the leg.
    std::vector<Tie> parent_of(const Group& group, std::string& child) {
        std::vector<std::pair<wire::Micros, std::string>> by_start;
        for (const std::string& call_id : group) {
            const auto& outline = lookups_.outline(call_id);
            by_start.emplace_back(outline ? outline->start : 0, call_id);
        }
        std::sort(by_start.begin(), by_start.end());
        for (const auto& [start, call_id] : by_start) {
            const auto& ties = guesses_.parent(call_id);
            if (ties.empty() || group.contains(ties.front().call_id)) continue;
            child = call_id;
            return ties;
        }
        return {};
    }

    void add_parent_with_siblings(const Group& own) {
        std::string child;
        std::vector<Tie> ties = parent_of(own, child);
        if (ties.empty()) return;
        const Group parents = sure_group(ties.front().call_id);
        if (has_several(own) && has_several(parents)) return;
        for (Tie& tie : ties) note(child, std::move(tie));
        add(parents);
        add_children(parents);
    }

    void add_children(const Group& parents) {
        const bool several = has_several(parents);
        for (const std::string& parent : parents) {
            for (Tie& tie : guesses_.children(parent)) {
                if (parents.contains(tie.call_id)) continue;
                const std::string child = tie.call_id;
                const Group group = group_of_child(child);
                std::string through;
                const auto chosen = parent_of(group, through);
                if (chosen.empty() || chosen.front().call_id != parent) continue;
                if (several && has_several(group)) continue;
                note(parent, std::move(tie));
                add(group);
            }
        }
    }
    Group group_of_child(const std::string& child) {
        for (const auto& [first, group] : groups_) {
            if (group.contains(child)) return group;
        }
        Group group = sure_group(child);
        groups_[*group.begin()] = group;
        return group;
    }

    /// Each proof once, the surest first; only those that lead to a leg of the call.
    void tidy(std::vector<Proof>& proofs) {
        std::erase_if(proofs, [&](const Proof& proof) { return !legs_.contains(proof.with); });
        const auto rank = [](const Proof& proof) {
            return std::tuple(-proof.confidence, proof.evidence, std::cref(proof.with).get(),
                              proof.place, std::cref(proof.fact).get());
        };
        std::sort(proofs.begin(), proofs.end(),
                  [&](const Proof& a, const Proof& b) { return rank(a) < rank(b); });
        // The same evidence between the same two legs is told once.
        const auto same = [](const Proof& a, const Proof& b) {
            return a.evidence == b.evidence && a.with == b.with;
        };
        proofs.erase(std::unique(proofs.begin(), proofs.end(), same), proofs.end());
    }
};

}  // namespace

Joined join(Dialogues& dialogues, std::string_view call_id, const Bounds& bounds) {
    return Joiner(dialogues, bounds).join(std::string(call_id));
}

}  // namespace ci::calls
