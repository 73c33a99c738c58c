#include "calls/sure_ties.h"

#include <algorithm>
#include <limits>

namespace ci::calls {
namespace {

using wire::Micros;

constexpr Micros ever = std::numeric_limits<Micros>::max();

/// A value seen in more dialogues than this within a minute is a constant of some sender.
constexpr std::size_t most_of_one_call = 8;
constexpr Micros constant_within = 60'000'000;
/// Legs of one call overlap, or nearly so. A value that comes back after this is not of one call.
constexpr Micros longest_silence = 600'000'000;
/// How long after a REFER its INVITE may come: a subscription's usual life (RFC 3515 2.4.4).
constexpr Micros refer_life = 180'000'000;
/// By how much messages of two observers may arrive in turned order.
constexpr Micros turned = 2'000'000;

constexpr Evidence naming[] = {Evidence::header, Evidence::replaces, Evidence::correlation,
                               Evidence::channel, Evidence::affix};

class Ties {
  public:
    Ties(Lookups& lookups, std::string own) : lookups_(lookups), own_(std::move(own)) {}

    std::vector<Tie> all() {
        for (const Held& held : lookups_.keys(own_)) {
            const Evidence evidence = held.key.evidence;
            if (!is_sure(evidence)) continue;
            if (held.key.role == Role::names) {
                to_named(held);
            } else if (held.key.role == Role::shares && evidence == Evidence::channel) {
                to_company(held);
            } else if (held.key.role == Role::shares) {
                to_sharers(held, evidence);
            } else if (evidence == Evidence::refer) {
                held.key.role == Role::leaves ? to_refer(held) : to_referred(held);
            }
        }
        from_namers();
        return std::move(ties_);
    }

  private:
    Lookups& lookups_;
    const std::string own_;
    std::vector<Tie> ties_;

    void add(const std::string& other, const Held& by, const std::string& shown_by) {
        if (other == own_) return;
        const auto& outline = lookups_.outline(other);
        if (!outline || outline->is_registration) return;
        const Key& key = by.key;
        ties_.push_back({other, {key.evidence, other, shown_by, by.place, key.value, 1}});
    }

    /// To the dialogue that this one names. If nobody saw that one, to others that name it.
    void to_named(const Held& held) {
        const std::string& name = held.key.value;
        if (const auto& outline = lookups_.outline(name); outline) {
            add(name, held, own_);
            return;
        }
        // Any word of a log may look like a Call-ID.
        if (held.key.evidence != Evidence::channel) to_sharers(held, held.key.evidence);
    }

    /// From dialogues that name this one.
    void from_namers() {
        for (const Evidence evidence : naming) {
            const Key key{evidence, Role::names, own_};
            for (const Holder& holder : lookups_.holders(key, -ever, ever)) {
                add(holder.call_id, {key, holder.at, holder.place}, holder.call_id);
            }
        }
    }

    void to_sharers(const Held& held, Evidence evidence) {
        const auto& holders = lookups_.holders(held.key, -ever, ever);
        if (is_constant(holders)) return;
        for (const Holder& holder : holders) add(holder.call_id, held, own_);
        // Others may name the same unseen dialogue by other evidence.
        if (held.key.role != Role::names) return;
        for (const Evidence other : naming) {
            if (other == evidence || other == Evidence::channel) continue;
            const auto& more = lookups_.holders({other, Role::names, held.key.value}, -ever, ever);
            if (is_constant(more)) continue;
            for (const Holder& holder : more) add(holder.call_id, held, own_);
        }
    }

    /// To channels that were in a room at the same time.
    void to_company(const Held& held) {
        const auto own = lookups_.outline(own_);
        if (!own) return;
        for (const Holder& holder : lookups_.holders(held.key, -ever, own->last)) {
            const auto& outline = lookups_.outline(holder.call_id);
            if (outline && outline->last >= held.at) add(holder.call_id, held, own_);
        }
    }

    /// `holders`: by time.
    bool is_constant(const std::vector<Holder>& holders) {
        if (holders.size() > most_holders) return true;
        for (std::size_t i = most_of_one_call; i < holders.size(); ++i) {
            if (holders[i].at - holders[i - most_of_one_call].at <= constant_within) return true;
        }
        Micros end = holders.empty() ? 0 : holders.front().at;
        for (const Holder& holder : holders) {
            if (holder.at - end > longest_silence) return true;
            const auto& outline = lookups_.outline(holder.call_id);
            end = std::max({end, holder.at, outline ? outline->last : holder.at});
        }
        return false;
    }

    /// The dialogues whose REFER the INVITE at `at` may follow.
    const std::vector<Holder>& refers_before(const std::string& value, Micros at) {
        return lookups_.holders({Evidence::refer, Role::arrives, value}, at - refer_life,
                                at + turned);
    }
    /// A B2BUA may pass a REFER on, into a dialogue that is tied to the first one.
    bool are_one(const std::vector<Holder>& holders) {
        if (holders.size() > most_of_one_call) return false;
        return std::all_of(holders.begin(), holders.end(), [&](const Holder& holder) {
            return holder.call_id == holders.front().call_id ||
                   names_directly(holders.front().call_id, holder.call_id) ||
                   names_directly(holder.call_id, holders.front().call_id);
        });
    }
    bool names_directly(const std::string& one, const std::string& other) {
        const auto& keys = lookups_.keys(one);
        return std::any_of(keys.begin(), keys.end(), [&](const Held& held) {
            return held.key.role == Role::names && held.key.value == other;
        });
    }

    void to_refer(const Held& held) {
        const auto& refers = refers_before(held.key.value, held.at);
        if (!are_one(refers)) return;
        for (const Holder& holder : refers) add(holder.call_id, held, own_);
    }
    void to_referred(const Held& held) {
        const Key key{Evidence::refer, Role::leaves, held.key.value};
        for (const Holder& holder : lookups_.holders(key, held.at - turned, held.at + refer_life)) {
            if (!are_one(refers_before(key.value, holder.at))) continue;
            add(holder.call_id, {key, holder.at, holder.place}, holder.call_id);
        }
    }
};

}  // namespace

std::vector<Tie> sure_ties(Lookups& lookups, const std::string& call_id) {
    return Ties(lookups, call_id).all();
}

}  // namespace ci::calls
