#include "calls/guesses.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string_view>

#include "calls/guess_parts.h"
#include "calls/parent_guess.h"

namespace ci::calls {

using wire::Micros;

namespace {

/// Of more REFERs, or answers, than this at a time none is chosen.
constexpr std::size_t most_rivals = 8;
/// The confidence of a guess by the called number or by the calling one.
constexpr double one_agrees = 0.7;

/// Dialogues that may have been made for another one.
class Candidates {
  public:
    explicit Candidates(Lookups& lookups) : lookups_(lookups) {}

    [[nodiscard]] const std::set<std::string>& all() const { return all_; }

    void made_for(const Held& held, const Outline& outline) {
        if (held.key.evidence == Evidence::media) {
            gather(held.key, held.at, outline.last);
        } else if (held.key.evidence == Evidence::b2bua && held.key.role == Role::arrives) {
            const auto [host, word, user] = part_of(held.key.value);
            std::string value = held.key.value;
            if (word == "redirected" || word == "referred") {
                value = std::string(host) + " called " + std::string(user);
            }
            const auto until =
                held.at + (outline.final_response
                               ? std::min(longest_hunt, *outline.final_response - held.at)
                               : longest_hunt);
            gather_leaving(value, held.at, std::max(until, held.at + longest_setup));
            if (word != "called") return;
            value = std::string(host) + " calling " + std::string(user);
            gather_leaving(value, held.at, held.at + longest_setup);
        }
    }

    /// What left a host just after `at` in the name of this party.
    void made_at(Micros at, std::string_view host, const std::string& user) {
        gather_leaving(std::string(host) + " calling " + user, at, at + soon);
    }

  private:
    void gather_leaving(const std::string& value, Micros from, Micros until) {
        gather({Evidence::b2bua, Role::leaves, value}, from - host_turned, until + host_turned);
    }
    void gather(const Key& key, Micros from, Micros until) {
        const auto& holders = lookups_.holders(key, from, until);
        if (holders.size() > most_holders) return;
        for (const Holder& holder : holders) all_.insert(holder.call_id);
    }

    Lookups& lookups_;
    std::set<std::string> all_;
};

/// If these ties of `child` lead to `parent`.
void add_child(const std::string& parent, const std::string& child,
               const std::vector<Tie>& ties_of_child, std::vector<Tie>& ties) {
    for (Tie tie : ties_of_child) {
        if (tie.call_id != parent) continue;
        tie.call_id = child;
        tie.proof.with = child;
        ties.push_back(std::move(tie));
    }
}

bool is_b2bua(const Held& held, Role role) {
    return held.key.evidence == Evidence::b2bua && held.key.role == role;
}

std::set<std::string> users_of(Lookups& lookups, const std::vector<std::string>& family) {
    std::set<std::string> users;
    for (const std::string& call_id : family) {
        for (const Held& held : lookups.keys(call_id)) {
            const auto word = part_of(held.key.value).word;
            if (held.key.evidence != Evidence::b2bua || word == refers || word == hidden) continue;
            users.emplace(part_of(held.key.value).user);
        }
    }
    return users;
}

std::vector<std::string> family_of(const std::string& parent, const std::vector<Tie>& children) {
    std::vector<std::string> family{parent};
    for (const Tie& tie : children) family.push_back(tie.call_id);
    return family;
}

}  // namespace

const std::vector<Tie>& Guesses::made_for(const std::string& call_id) {
    const auto found = made_for_.find(call_id);
    if (found != made_for_.end()) return found->second;
    return made_for_.emplace(call_id, guess_parent(lookups_, call_id, longest_setup)).first->second;
}

const std::vector<Tie>& Guesses::parent(const std::string& call_id) {
    const auto found = parents_.find(call_id);
    if (found != parents_.end()) return found->second;
    auto ties = made_for(call_id);
    if (ties.empty() || ties.front().proof.confidence <= one_agrees) {
        auto others = after_refer(call_id);
        const bool is_nearer =
            !others.empty() && (ties.empty() || others.front().distance < ties.front().distance);
        if (is_nearer) ties = std::move(others);
    }
    if (ties.empty()) ties = after_answer(call_id);
    if (ties.empty()) ties = guess_parent(lookups_, call_id, longest_hunt);
    for (Tie& tie : ties) to_redirected(call_id, tie);
    return parents_.emplace(call_id, std::move(ties)).first->second;
}

void Guesses::to_redirected(const std::string& call_id, Tie& tie) {
    const auto& before = made_for(tie.call_id);
    if (before.empty() || before.front().call_id == call_id) return;
    if (!is_by_redirection(before.front())) return;
    tie.call_id = before.front().call_id;
    tie.proof.with = tie.call_id;
}

bool Guesses::is_by_redirection(const Tie& tie) {
    const Part made = part_of(tie.proof.fact);
    const auto& keys = lookups_.keys(tie.call_id);
    return std::any_of(keys.begin(), keys.end(), [&](const Held& held) {
        const Part part = part_of(held.key.value);
        return is_b2bua(held, Role::arrives) && part.word == "redirected" &&
               part.host == made.host && part.user == made.user;
    });
}

std::vector<Tie> Guesses::after_answer(const std::string& call_id) {
    for (const Held& held : lookups_.keys(call_id)) {
        const auto [host, word, user] = part_of(held.key.value);
        if (!is_b2bua(held, Role::leaves) || word != "calling") continue;
        const Key called{Evidence::b2bua, Role::leaves,
                         std::string(host) + " called " + std::string(user)};
        const auto& before = lookups_.holders(called, held.at - longest_hunt, held.at);
        if (before.size() > most_rivals) continue;
        std::vector<Tie> ties;
        for (const Holder& holder : before) {
            const auto& outline = lookups_.outline(holder.call_id);
            if (holder.call_id == call_id || !outline || !outline->final_response) continue;
            const Micros since = held.at - *outline->final_response;
            if (since < -host_turned || since > soon || outline->last < held.at) continue;
            const std::string& id = holder.call_id;
            ties.push_back({id,
                            {Evidence::b2bua, id, call_id, held.place, called.value, by_time_alone},
                            std::abs(since)});
        }
        if (ties.size() == 1) return ties;
    }
    return {};
}

std::vector<Tie> Guesses::after_refer(const std::string& call_id) {
    for (const Held& held : lookups_.keys(call_id)) {
        const auto [host, word, user] = part_of(held.key.value);
        if (!is_b2bua(held, Role::leaves) || word != "calling") continue;
        const Key refer{Evidence::b2bua, Role::arrives,
                        std::string(host) + ' ' + std::string(refers) + " -"};
        const auto& referring = lookups_.holders(refer, held.at - soon, held.at + host_turned);
        if (referring.size() > most_rivals) continue;
        std::set<std::string> calls;
        Micros at = 0;
        for (const Holder& holder : referring) {
            std::string id = holder.call_id;
            if (const auto& first = made_for(id); !first.empty()) id = first.front().call_id;
            const auto family = family_of(id, made_from(id));
            if (users_of(lookups_, family).contains(std::string(user))) {
                calls.insert(id);
                at = holder.at;
            }
        }
        if (calls.size() != 1 || calls.contains(call_id)) continue;
        const std::string& id = *calls.begin();
        return {{id,
                 {Evidence::b2bua, id, call_id, held.place, refer.value, by_time_alone},
                 std::abs(held.at - at)}};
    }
    return {};
}

std::set<std::string> Guesses::maybe_made_for(const std::string& call_id) {
    const auto outline = lookups_.outline(call_id);
    if (!outline) return {};
    Candidates candidates(lookups_);
    for (const Held& held : lookups_.keys(call_id)) candidates.made_for(held, *outline);
    auto all = candidates.all();
    all.erase(call_id);
    return all;
}

std::vector<Tie> Guesses::made_from(const std::string& call_id) {
    std::vector<Tie> ties;
    for (const std::string& candidate : maybe_made_for(call_id)) {
        add_child(call_id, candidate, made_for(candidate), ties);
    }
    return ties;
}

std::set<std::string> Guesses::maybe_made_after_refers(const std::vector<std::string>& family) {
    Candidates candidates(lookups_);
    std::set<std::string> users;
    for (const std::string& one : family) {
        for (const Held& held : lookups_.keys(one)) {
            if (!is_b2bua(held, Role::arrives) || part_of(held.key.value).word != refers) continue;
            if (users.empty()) users = users_of(lookups_, family);
            for (const std::string& user : users) {
                candidates.made_at(held.at, part_of(held.key.value).host, user);
            }
        }
    }
    return candidates.all();
}

std::set<std::string> Guesses::maybe_made_after_answer(const std::string& call_id) {
    const auto outline = lookups_.outline(call_id);
    if (!outline || !outline->final_response) return {};
    Candidates candidates(lookups_);
    for (const Held& held : lookups_.keys(call_id)) {
        const auto [host, word, user] = part_of(held.key.value);
        if (!is_b2bua(held, Role::leaves) || word != "called") continue;
        candidates.made_at(*outline->final_response, host, std::string(user));
    }
    return candidates.all();
}

std::vector<Tie> Guesses::children(const std::string& call_id) {
    auto candidates = maybe_made_for(call_id);
    candidates.merge(maybe_made_after_answer(call_id));
    const auto made = made_from(call_id);
    candidates.merge(maybe_made_after_refers(family_of(call_id, made)));
    for (const Tie& tie : made) {
        const std::string& again = tie.call_id;
        if (is_by_redirection({call_id, tie.proof})) candidates.merge(maybe_made_for(again));
    }
    std::vector<Tie> ties;
    for (const std::string& candidate : candidates) {
        if (candidate != call_id) add_child(call_id, candidate, parent(candidate), ties);
    }
    return ties;
}

}  // namespace ci::calls
