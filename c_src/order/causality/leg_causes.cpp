#include "order/causality/leg_causes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "order/causality/late_stamps.h"
#include "order/causality/leg_agreement.h"

namespace ci::order {
namespace {

using wire::Micros;

/// Messages that mean the same on each leg.
enum class Kind : std::uint8_t {
    invite,
    refer,
    ringing,
    success,
    redirection,
    refusal,
    cancel,
    bye,
    refresh,
    message
};

/// A host acts on another leg at once, or looks for a target before it calls on.
constexpr Micros at_once = 500'000;
constexpr Micros longest_setup = 5'000'000;

/// Messages of the leg itself that lie between are passed over, up to this many.
constexpr int most_steps = 32;

/// What may make a host send a message of this kind; the nearest one did.
struct Rule {
    Kind effect, cause;
    Why why;
};
constexpr Rule rules[] = {
    {Kind::invite, Kind::invite, Why::called_on},
    {Kind::invite, Kind::refer, Why::transferred},
    {Kind::invite, Kind::redirection, Why::redirected},
    {Kind::invite, Kind::refusal, Why::tried_next},
    {Kind::ringing, Kind::ringing, Why::rings},
    {Kind::success, Kind::success, Why::answered},
    {Kind::refusal, Kind::refusal, Why::refused},
    {Kind::cancel, Kind::cancel, Why::given_up},
    {Kind::cancel, Kind::success, Why::answered_elsewhere},
    {Kind::bye, Kind::bye, Why::hung_up},
    {Kind::refresh, Kind::refresh, Why::refreshed},
    {Kind::message, Kind::message, Why::called_on},
};

std::optional<Kind> kind_of(const Observation& what) {
    if (what.label == 0) return std::nullopt;
    if (!what.request) {
        if (what.method != method::invite || what.status <= 100) return std::nullopt;
        if (what.provisional()) return Kind::ringing;
        if (what.success()) return Kind::success;
        // Credentials are asked for on one leg only, and 487 is the end of a CANCEL.
        if (what.status == 401 || what.status == 407 || what.status == 487) return std::nullopt;
        return what.status < 400 ? Kind::redirection : Kind::refusal;
    }
    switch (what.method) {
        case method::invite:
            return what.to_tag == 0 ? Kind::invite : Kind::refresh;
        case method::update:
            return Kind::refresh;
        case method::refer:
            return Kind::refer;
        case method::cancel:
            return Kind::cancel;
        case method::bye:
            return Kind::bye;
        case method::message:
            return Kind::message;
        default:
            return std::nullopt;
    }
}

class LegCauses {
  public:
    LegCauses(const Observations& observations, const Transmissions& transmissions,
              const std::vector<bool>& timed)
        : timed_(timed),
          stacks_(observations.stacks),
          via_hosts_(observations.via_hosts),
          all_(transmissions.all),
          messages_(transmissions.messages) {}

    std::vector<LegCause> find() {
        for (const Message& message : messages_) {
            const Observation& what = *message.what;
            if (what.request && what.method == method::invite) {
                invites_.emplace(branch_key(what), what.vias);
                if (stacks_.depth(what.vias) > 1) {
                    called_over_.emplace(hop_key(what, what.src_host, what.dst_host), &what);
                }
            }
            if (what.label != 0) {
                received_.emplace(bare_key(what, what.dst_host), true);
                sent_.emplace(bare_key(what, what.src_host), true);
            }
            if (what.request && stacks_.depth(what.vias) > 1) {
                passed_on_.emplace(stack_key(what, stacks_.rest(what.vias), what.src_host), true);
            }
        }
        for (const Message& message : messages_) note_nearest(*message.what);
        for (const Message& message : messages_) {
            const Observation& what = *message.what;
            const auto kind = kind_of(what);
            const Symbol host = kind ? taken_in_at(what) : 0;
            if (host != 0) arrivals_[{host, *kind}].push_back(message.first);
        }
        for (auto& [at, arrived] : arrivals_) {
            std::sort(arrived.begin(), arrived.end(), [&](std::uint32_t a, std::uint32_t b) {
                return std::pair(all_[a].at, a) < std::pair(all_[b].at, b);
            });
        }
        std::vector<LegCause> causes;
        for (const Message& message : messages_) {
            const Observation& what = *message.what;
            const auto kind = kind_of(what);
            const Symbol host = kind ? made_at(what) : 0;
            if (host == 0) continue;
            if (const auto cause = nearest(*kind, host, message.first)) causes.push_back(*cause);
        }
        return causes;
    }

  private:
    static Key stack_key(const Observation& what, Symbol stack, Symbol host) {
        const bool cancels = what.method == method::cancel;
        return {pack(stack, cancels ? method::invite : what.method), what.dialogue, host, 0, 0};
    }
    [[nodiscard]] Key branch_key(const Observation& what) const {
        return {stacks_.top(what.vias), what.dialogue, 0, 0, 0};
    }
    static Key hop_key(const Observation& what, Symbol from, Symbol to) {
        return {pack(from, to), what.dialogue, 0, 0, 0};
    }
    /// Lines of logs show no Vias: what a host received and sent, and by which CSeq.
    static Key bare_key(const Observation& what, Symbol host) {
        const bool cancels = what.method == method::cancel;
        return {pack(host, cancels ? method::invite : what.method), what.number, what.status,
                what.dialogue, 0};
    }
    /// A CANCEL has the top Via only of the INVITE that it cancels (RFC 3261 9.1).
    [[nodiscard]] Symbol stack_of(const Observation& what) const {
        if (what.method != method::cancel) return what.vias;
        const Symbol* invite = invites_.find(branch_key(what));
        return invite == nullptr ? what.vias : *invite;
    }

    /// Whether the message ends at its receiver: a response to the one who made the request
    /// (RFC 3261 18.1.2), or a request that no proxy passed on from there.
    [[nodiscard]] bool is_taken_in(const Observation& what) const {
        if (what.vias == 0) return sent_.find(bare_key(what, what.dst_host)) == nullptr;
        if (!what.request) return stacks_.depth(what.vias) == 1;
        return passed_on_.find(stack_key(what, stack_of(what), what.dst_host)) == nullptr;
    }
    /// Whether its sender made it and did not pass it on.
    [[nodiscard]] bool is_made_here(const Observation& what) const {
        if (what.vias == 0) return received_.find(bare_key(what, what.src_host)) == nullptr;
        if (what.request) return stacks_.depth(stack_of(what)) == 1;
        return passed_on_.find(stack_key(what, what.vias, what.src_host)) == nullptr;
    }

    // The lowest Via names the host that made the request, and that takes in the responses. It
    // stands for hops that nobody saw.
    [[nodiscard]] Symbol lowest(Symbol stack) const {
        for (const Symbol below : stacks_.below(stack)) stack = below;
        return stack;
    }
    [[nodiscard]] Key at_lowest(const Observation& what, Symbol stack) const {
        return {pack(stacks_.top(lowest(stack)), what.method), what.number,
                pack(what.dialogue, what.status), what.request ? 0 : what.to_tag, 0};
    }
    void note_nearest(const Observation& what) {
        const Symbol stack = stack_of(what);
        if (stack == 0) return;
        const auto [least, is_new] = nearest_.emplace(at_lowest(what, stack), stack);
        if (!is_new && stacks_.depth(stack) < stacks_.depth(*least)) *least = stack;
    }
    /// The host at the lowest Via, if no nearer hop to it was seen. 0: it is not known.
    [[nodiscard]] Symbol host_beyond(const Observation& what) const {
        const Symbol stack = stack_of(what);
        if (stack == 0 || *nearest_.find(at_lowest(what, stack)) != stack) return 0;
        const Symbol via = stacks_.top(lowest(stack));
        return via < via_hosts_.size() ? via_hosts_[via] : 0;
    }
    /// Where the next hop was not seen, a request of the one who was called ends where the INVITE
    /// was made.
    [[nodiscard]] Symbol taken_in_at(const Observation& what) const {
        if (is_taken_in(what)) {
            if (!what.request || what.to_tag == 0) return what.dst_host;
            const auto* const invite =
                called_over_.find(hop_key(what, what.dst_host, what.src_host));
            return invite == nullptr ? what.dst_host : host_beyond(**invite);
        }
        return what.request ? 0 : host_beyond(what);
    }
    [[nodiscard]] Symbol made_at(const Observation& what) const {
        if (is_made_here(what)) return what.src_host;
        return what.request ? host_beyond(what) : 0;
    }

    /// How well a cause fits: before the effect and near to it, else stamped a little late, else
    /// longer ago.
    struct Fit {
        int rank = 3;
        Micros distance = 0;
        LegCause cause;

        friend bool operator<(const Fit& a, const Fit& b) {
            return std::tuple(a.rank, a.distance, a.cause.cause) <
                   std::tuple(b.rank, b.distance, b.cause.cause);
        }
    };

    [[nodiscard]] Fit fit(Kind kind, const LegCause& one) const {
        const Micros waited = all_[one.effect].at - all_[one.cause].at;
        const Micros longest = kind == Kind::invite ? longest_setup : at_once;
        if (waited < -stamped_late || waited > longest) return {};
        const int rank = waited < 0 ? 1 : waited <= at_once ? 0 : 2;
        return {rank, waited < 0 ? -waited : waited, one};
    }

    std::optional<LegCause> nearest(Kind kind, Symbol host, std::uint32_t effect) const {
        const std::uint32_t dialogue = messages_[all_[effect].message].what->dialogue;
        Fit best;
        for (const Rule& rule : rules) {
            if (rule.effect != kind) continue;
            const auto found = arrivals_.find({host, rule.cause});
            if (found == arrivals_.end()) continue;
            const auto& arrived = found->second;
            const auto after = std::partition_point(
                arrived.begin(), arrived.end(),
                [&](std::uint32_t cause) { return all_[cause].at <= all_[effect].at; });
            const auto consider = [&](std::uint32_t cause) {
                const bool is_other = messages_[all_[cause].message].what->dialogue != dialogue;
                if (is_other) best = std::min(best, fit(kind, {cause, effect, rule.why}));
                return is_other;
            };
            auto steps = most_steps;
            for (auto at = after; at != arrived.begin() && steps-- > 0;) {
                if (consider(*--at)) break;
            }
            steps = most_steps;
            for (auto at = after; at != arrived.end() && steps-- > 0; ++at) {
                if (consider(*at)) break;
            }
        }
        if (best.rank != 3) return best.cause;
        return only_one(kind, host, effect);
    }

    /// Where nothing but arrivals ties two clocks, times do not tell. If one message only can have
    /// been the cause, it was.
    [[nodiscard]] std::optional<LegCause> only_one(Kind kind, Symbol host,
                                                   std::uint32_t effect) const {
        const std::uint32_t dialogue = messages_[all_[effect].message].what->dialogue;
        for (const Rule& rule : rules) {
            if (rule.effect != kind) continue;
            const auto found = arrivals_.find({host, rule.cause});
            if (found == arrivals_.end() || found->second.size() > most_steps) continue;
            std::optional<LegCause> one;
            std::size_t count = 0;
            for (const std::uint32_t cause : found->second) {
                if (messages_[all_[cause].message].what->dialogue == dialogue) continue;
                const bool comparable =
                    all_[cause].firm == all_[effect].firm && timed_[cause] && timed_[effect];
                if (++count == 1 && !comparable) {
                    one = LegCause{cause, effect, rule.why};
                }
            }
            if (count == 1 && one) return one;
            if (count > 0) return std::nullopt;
        }
        return std::nullopt;
    }

    const std::vector<bool>& timed_;
    const ViaStacks& stacks_;
    const std::vector<Symbol>& via_hosts_;
    const std::vector<Transmission>& all_;
    const std::vector<Message>& messages_;
    KeyMap<bool> passed_on_;        ///< requests that a proxy passed on, as it received them
    KeyMap<bool> received_, sent_;  ///< by host, for lines of logs
    KeyMap<Symbol> invites_;        ///< by branch: the Via stack
    KeyMap<const Observation*> called_over_;  ///< by dialogue and hop: an INVITE with several Vias
    KeyMap<Symbol> nearest_;  ///< by lowest Via and message: the least stack that was seen
    std::map<std::pair<Symbol, Kind>, std::vector<std::uint32_t>> arrivals_;
};

}  // namespace

std::vector<LegCause> find_leg_causes(const Observations& observations, const Timebase& timebase,
                                      const Transmissions& transmissions,
                                      const std::vector<Edge>& within) {
    if (observations.dialogues.size() <= 1) return {};
    const auto timed = timed_transmissions(observations, timebase, transmissions);
    auto causes = LegCauses(observations, transmissions, timed).find();
    keep_agreeing(causes, observations, timebase, transmissions, within, timed);
    return causes;
}

}  // namespace ci::order
