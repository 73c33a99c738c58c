#include "calls/parent_guess.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

#include "calls/guess_parts.h"

namespace ci::calls {
namespace {

using wire::Micros;

constexpr Micros slow_setup = 1'000'000;
/// Media that was offered longer ago is not looked for.
constexpr Micros longest_call = Micros{24} * 3'600 * 1'000'000;
/// Of several candidates the nearest in time is taken if the next is this much further away: a
/// B2BUA takes about the same time for each call.
constexpr Micros distinct_by = 250'000;
constexpr Micros distinct_times = 4;
/// The same where nothing but time tells.
constexpr Micros just_distinct = 20'000;
/// How soon a B2BUA passes a final response on.
constexpr Micros in_step = 200'000;

bool is_calling(std::string_view word) noexcept {
    return word == "calling" || word == "text from";
}

/// What speaks for one candidate.
struct Candidate {
    bool called = false, calling = false, media = false;
    bool crossed = false;  ///< made in the name of whom the other one calls
    Micros at = 0;         ///< of the message at which the other's INVITE was made
    Held by;               ///< the key of the dialogue asked for that fits best
    Held by_media;

    [[nodiscard]] int agreements() const {
        const int parties = (called ? 1 : 0) + (calling ? 1 : 0);
        return (parties == 0 && crossed ? 1 : parties) + (media ? 1 : 0);
    }
};
using Candidates = std::map<std::string, Candidate>;

class Parent {
  public:
    Parent(Lookups& lookups, const std::string& own, Micros longest)
        : lookups_(lookups), own_(own), longest_(longest) {}

    std::vector<Tie> find() {
        const auto& outline = lookups_.outline(own_);
        if (!outline || outline->is_registration) return {};
        for (const Held& held : lookups_.keys(own_)) {
            if (held.key.evidence != Evidence::b2bua || held.key.role != Role::leaves) continue;
            if (passes_through(held)) continue;
            by_parties(held);
        }
        for (const Held& held : lookups_.keys(own_)) {
            if (held.key.evidence == Evidence::media) by_media(held);
            if (held.key.evidence == Evidence::b2bua && held.key.role == Role::leaves &&
                part_of(held.key.value).word == hidden) {
                hidden_ = held;
            }
        }
        if (candidates_.empty() && hidden_) return nearest(*hidden_);
        return choose();
    }

  private:
    Lookups& lookups_;
    const std::string& own_;
    const Micros longest_;
    Candidates candidates_;
    std::optional<Held> hidden_;

    /// A host that received this dialogue's INVITE before it sent it is a proxy that hides Vias.
    bool passes_through(const Held& held) {
        const auto& keys = lookups_.keys(own_);
        return std::any_of(keys.begin(), keys.end(), [&](const Held& other) {
            return other.key.evidence == Evidence::b2bua && other.key.role == Role::arrives &&
                   other.key.value == held.key.value && other.at < held.at;
        });
    }

    void by_parties(const Held& held) {
        const Part part = part_of(held.key.value);
        if (part.word.empty() || part.word == hidden) return;
        consider(held, held.key.value,
                 is_calling(part.word) ? &Candidate::calling : &Candidate::called);
        const auto other = [&](std::string_view what, bool Candidate::*agreement) {
            consider(held, std::string(part.host) + std::string(what) + std::string(part.user),
                     agreement);
        };
        if (part.word == "called") {
            other(" redirected ", &Candidate::called);
            other(" referred ", &Candidate::called);
        } else if (part.word == "calling") {
            other(" called ", &Candidate::crossed);  // a recording leg, a call forwarded
        }
    }

    /// A redirection is a final response itself, and a REFER comes after one.
    static bool ends_at_final(std::string_view value) {
        const auto word = part_of(value).word;
        return word != "redirected" && word != "referred";
    }

    void consider(const Held& held, const std::string& value, bool Candidate::*agreement) {
        const bool until_final = ends_at_final(value);
        const Key key{Evidence::b2bua, Role::arrives, value};
        const auto& holders = lookups_.holders(key, held.at - longest_, held.at + host_turned);
        if (holders.size() > most_holders) return;
        for (const Holder& holder : holders) {
            if (holder.call_id == own_) continue;
            const auto& outline = lookups_.outline(holder.call_id);
            if (!outline || outline->is_registration) continue;
            if (until_final && outline->final_response &&
                *outline->final_response < held.at - host_turned) {
                continue;
            }
            Candidate& one = candidates_[holder.call_id];
            if (one.agreements() == 0 || agreement == &Candidate::called) one.by = held;
            one.*agreement = true;
            one.at = std::max(one.at, holder.at);
        }
    }

    /// The only one of `found` that got its final response when this dialogue had its own; null:
    /// there is none, or there are several.
    template <class Found, class IdOf>
    const Found* in_step_with_own(const std::vector<Found>& found, const IdOf& id_of) {
        const auto& own = lookups_.outline(own_);
        if (!own || !own->final_response) return nullptr;
        const Micros at = *own->final_response;
        const Found* only = nullptr;
        for (const Found& one : found) {
            const auto& outline = lookups_.outline(id_of(one));
            if (!outline || !outline->final_response) continue;
            const Micros after = *outline->final_response - at;
            if (after < -host_turned || after > in_step) continue;
            if (only != nullptr) return nullptr;
            only = &one;
        }
        return only;
    }

    /// The parties cannot be compared: the INVITE that arrived last, if no other one is near and
    /// nothing else was made for it.
    std::vector<Tie> nearest(const Held& held) {
        const Key key{Evidence::b2bua, Role::arrives, held.key.value};
        const auto& holders = lookups_.holders(key, held.at - soon, held.at + host_turned);
        if (holders.size() > most_holders) return {};
        std::vector<std::pair<Micros, std::string>> found;
        for (const Holder& holder : holders) {
            if (holder.call_id == own_ || has_its_own(holder, part_of(held.key.value).host))
                continue;
            const auto& outline = lookups_.outline(holder.call_id);
            if (!outline || !outline->is_call) continue;
            found.emplace_back(std::abs(held.at - holder.at), holder.call_id);
        }
        std::sort(found.begin(), found.end());
        if (found.empty()) return {};
        const auto* chosen = &found.front();
        if (found.size() > 1 && found[1].first < distinct_times * found[0].first + just_distinct) {
            chosen = in_step_with_own(found, [](const auto& one) { return one.second; });
            if (chosen == nullptr) return {};
        }
        const std::string& id = chosen->second;
        return {{id, {Evidence::b2bua, id, own_, held.place, held.key.value, by_time_alone}}};
    }
    /// An INVITE with its parties left the host.
    bool has_its_own(const Holder& holder, std::string_view host) {
        const auto& keys = lookups_.keys(holder.call_id);
        return std::any_of(keys.begin(), keys.end(), [&](const Held& held) {
            const Part part = part_of(held.key.value);
            if (held.key.evidence != Evidence::b2bua || held.key.role != Role::arrives ||
                part.host != host || part.word == hidden) {
                return false;
            }
            const auto& made = lookups_.holders({Evidence::b2bua, Role::leaves, held.key.value},
                                                held.at - host_turned, held.at + longest_setup);
            return std::any_of(made.begin(), made.end(), [&](const Holder& other) {
                return other.call_id != own_ && other.call_id != holder.call_id;
            });
        });
    }

    /// The host at which this dialogue began received the other one's INVITE.
    bool arrived_where_this_began(const std::string& other) {
        const auto& keys = lookups_.keys(own_);
        const auto& others = lookups_.keys(other);
        return std::any_of(keys.begin(), keys.end(), [&](const Held& held) {
            if (held.key.evidence != Evidence::b2bua || held.key.role != Role::leaves) return false;
            const auto host = part_of(held.key.value).host;
            return std::any_of(others.begin(), others.end(), [&](const Held& there) {
                return there.key.evidence == Evidence::b2bua && there.key.role == Role::arrives &&
                       part_of(there.key.value).host == host;
            });
        });
    }

    void by_media(const Held& held) {
        const Micros from = held.at - longest_call;
        const auto& holders = lookups_.holders(held.key, from, held.at + host_turned);
        if (holders.size() > most_holders) return;
        for (const Holder& holder : holders) {
            if (holder.call_id == own_) continue;
            const auto& outline = lookups_.outline(holder.call_id);
            if (!outline || !outline->is_call || outline->last < held.at) continue;
            if (is_later(holder, held) || !arrived_where_this_began(holder.call_id)) continue;
            Candidate& one = candidates_[holder.call_id];
            if (one.agreements() == 0) one.by = held;
            one.media = true;
            one.by_media = held;
            if (one.at == 0) one.at = holder.at;
        }
    }
    /// Of two dialogues that have a key in common one is made for the other, not each for the
    /// other.
    [[nodiscard]] bool is_later(const Holder& holder, const Held& held) const {
        return holder.at > held.at || (holder.at == held.at && holder.call_id > own_);
    }

    std::vector<Tie> choose() {
        int most = 0;
        for (const auto& [id, one] : candidates_) most = std::max(most, one.agreements());
        std::vector<std::pair<Micros, const Candidates::value_type*>> best;
        for (const auto& one : candidates_) {
            if (one.second.agreements() != most) continue;
            best.emplace_back(std::abs(one.second.by.at - one.second.at), &one);
        }
        std::sort(best.begin(), best.end());
        if (best.empty()) return {};
        const auto* chosen = &best.front();
        if (best.size() > 1 && best[1].first < distinct_times * best[0].first + distinct_by) {
            chosen = in_step_with_own(best, [](const auto& one) { return one.second->first; });
            if (chosen == nullptr) return {};
        }
        const Micros distance = chosen->first;
        const std::string& id = chosen->second->first;
        const Candidate& one = chosen->second->second;
        double confidence = most == 1 ? 0.7 : most == 2 ? 0.9 : 0.95;
        if (distance > slow_setup) confidence -= 0.1;
        confidence /= std::sqrt(static_cast<double>(best.size()));
        confidence = std::round(confidence * 100) / 100;
        std::vector<Tie> ties;
        const auto add = [&](const Held& held) {
            ties.push_back({id,
                            {held.key.evidence, id, own_, held.place, held.key.value, confidence},
                            distance});
        };
        if (one.called || one.calling || one.crossed) add(one.by);
        if (one.media) add(one.by_media);
        return ties;
    }
};

}  // namespace

std::vector<Tie> guess_parent(Lookups& lookups, const std::string& own, Micros longest) {
    return Parent(lookups, own, longest).find();
}

}  // namespace ci::calls
