#include "order/causality/causes.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <tuple>

#include "order/causality/late_stamps.h"
#include "order/causality/lookup_key.h"
#include "order/causality/same_clock.h"
#include "order/causality/wire_order.h"

namespace ci::order {
namespace {

/// Responses and ACKs follow at once. Once this much time has passed, they belong to the next
/// transmission.
constexpr wire::Micros long_past = 300'000;

class Causes {
  public:
    Causes(const Observations& observations, const Timebase& timebase,
           const Transmissions& transmissions)
        : stacks_(observations.stacks),
          timebase_(timebase),
          all_(transmissions.all),
          messages_(transmissions.messages),
          wires_(observations, timebase),
          earliest_(4 * transmissions.messages.size()) {
        order_ = by_time(transmissions);
        with_logs_ = std::any_of(messages_.begin(), messages_.end(),
                                 [](const Message& one) { return one.what->vias == 0; });
        edges_.reserve(3 * messages_.size());
    }

    std::vector<Edge> find() {
        for (const auto m : order_) {
            if (messages_[m].what->request) note_request(m);
        }
        for (const auto m : order_) {
            if (!messages_[m].what->request) note_response(m);
        }
        for (const auto m : order_) {
            const Observation& what = *messages_[m].what;
            follow_itself(m);
            if (!what.request) {
                follow_request(m);
                if (what.status > 100) follow_trying(m);
                if (what.status != 100) forward_response(m);
                if (what.status == 487 && what.vias != 0) follow(m, cancel_of(what));
            } else {
                if (what.vias != 0) forward_request(m);
                forward_bare(m);
                if (what.method == method::cancel) follow(m, invite_of(what));
                if (what.method == method::ack) follow_each(m, final_of(what));
                if (what.method == method::prack && what.reliable != 0) {
                    follow(m, earliest_.of(reliable_key(pack(what.src, what.dst), what)));
                }
            }
        }
        return std::move(edges_);
    }

  private:
    // The fourth word tells apart the kinds of keys that share a table. `anywhere` stands for any
    // hop.
    Key transaction(const Observation& what, Symbol of_method, std::uint64_t hop) const {
        return lookup_key(Lookup::transaction, hop, pack(stacks_.top(what.vias), of_method),
                          what.number);
    }

    void note_request(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        if (with_logs_) {
            earliest_.add(bare_transaction(pack(what.src, what.dst), what, what.method), m);
            received_.emplace(at_host(what.dst_host, what), {}).first->push_back(m);
        }
        if (what.vias == 0) return;
        const auto hop = pack(what.src_host, what.dst_host);
        earliest_.add(transaction(what, what.method, hop), m);
        earliest_.add(transaction(what, what.method, anywhere), m);
        earliest_.add(request_with(what.vias, what, what.dst_host), m);
        earliest_.add(request_with(what.vias, what, 0), m);
    }

    void note_response(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        const Symbol way = way_back(what);
        if (way != 0 && what.status != 100) earliest_.add(response_with(way, what), m);
        if (what.status == 100 && what.method == method::invite && what.vias != 0) {
            const auto hop = pack(what.dst_host, what.src_host);
            earliest_.add(trying_key(stacks_.top(what.vias), hop, what), m);
        }
        const auto back = pack(what.dst, what.src);
        if (what.final() && what.method == method::invite) {
            earliest_.add(final_key(back, what), m);
            earliest_.add(any_final_key(back, what), m);
            if (what.success()) earliest_.add(final_at_key(what.dst_host, what), m);
        }
        if (what.provisional() && what.reliable != 0) earliest_.add(reliable_key(back, what), m);
    }

    /// The Via stack of the request of this response. The response should have the same (RFC 3261
    /// 8.2.6.2), but some servers return only the topmost Via (sipp does if the others had compact
    /// names).
    [[nodiscard]] Symbol way_back(const Observation& response) const {
        const std::uint32_t request = request_of(response);
        const Symbol stack = request == Earliest::none ? 0 : messages_[request].what->vias;
        return stack != 0 ? stack : response.vias;
    }

    void follow_itself(std::uint32_t m) {
        for (std::uint32_t k = 1; k < messages_[m].count; ++k) {
            add(messages_[m].first + k - 1, messages_[m].first + k);
        }
    }

    /// A server responds again to a retransmitted request (RFC 3261 17.2.1, 17.2.2). It retransmits
    /// final responses to an INVITE by itself.
    void follow_request(std::uint32_t response) {
        const Observation& what = *messages_[response].what;
        auto request = request_of(what);
        if (request == Earliest::none) {
            // No observer saw the request on this hop; one further upstream was seen.
            for (const Symbol stack : stacks_.below(what.vias)) {
                request = earliest_.of(request_with(stack, what, 0));
                if (request != Earliest::none) break;
            }
            follow(response, request);
        } else if (what.final() && what.method == method::invite) {
            follow(response, request);
        } else {
            follow_each(response, request);
        }
    }

    /// A network may reorder the two. A capture that saw them in that order shows the order on the
    /// wire.
    void follow_trying(std::uint32_t response) {
        const auto trying = trying_of(*messages_[response].what);
        if (trying == Earliest::none) return;
        if (wires_.passed(all_[messages_[response].first], all_[messages_[trying].first])) return;
        follow(response, trying);
    }

    /// The 100 of the same transaction, which the server sent before any other response.
    [[nodiscard]] std::uint32_t trying_of(const Observation& response) const {
        if (response.vias == 0 || response.method != method::invite) return Earliest::none;
        const auto hop = pack(response.dst_host, response.src_host);
        return earliest_.of(trying_key(stacks_.top(response.vias), hop, response));
    }

    [[nodiscard]] std::uint32_t final_of(const Observation& ack) const {
        const auto hop = pack(ack.src, ack.dst);
        const auto any = earliest_.of(any_final_key(hop, ack));
        if (ack.to_tag == 0) return any;
        auto final = earliest_.of(final_key(hop, ack));
        if (final == Earliest::none) final = earliest_.of(final_at_key(ack.src_host, ack));
        if (final != Earliest::none || any == Earliest::none) return final;
        return messages_[any].what->to_tag == 0 ? any : Earliest::none;
    }

    [[nodiscard]] std::uint32_t request_of(const Observation& response) const {
        if (response.vias == 0) {
            const auto hop = pack(response.dst, response.src);
            return earliest_.of(bare_transaction(hop, response, response.method));
        }
        const auto hop = pack(response.dst_host, response.src_host);
        const auto request = earliest_.of(transaction(response, response.method, hop));
        if (request != Earliest::none) return request;
        // Behind a network address translation the addresses differ.
        return earliest_.of(transaction(response, response.method, anywhere));
    }

    void forward_request(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        // The nearest upstream hop that an observer saw.
        for (const Symbol stack : stacks_.below(what.vias)) {
            auto received = earliest_.of(request_with(stack, what, what.src_host));
            if (received == Earliest::none) received = earliest_.of(request_with(stack, what, 0));
            if (received == Earliest::none) continue;
            forward(messages_[received], messages_[m]);
            return;
        }
    }

    void forward_response(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        for (const Symbol stack : stacks_.below(way_back(what))) {
            const auto forwarded = earliest_.of(response_with(stack, what));
            if (forwarded == Earliest::none) continue;
            forward(messages_[m], messages_[forwarded]);
            return;
        }
    }

    /// Logs show no Via. If a host received the same request before, from another sender, then it
    /// forwarded that one.
    void forward_bare(std::uint32_t m) {
        if (!with_logs_) return;
        const Observation& what = *messages_[m].what;
        if (what.method == method::cancel) return;  // each hop has its own CANCEL
        if (what.method == method::ack) {
            const auto final = final_of(what);
            if (final != Earliest::none && messages_[final].what->status >= 300) return;
        }
        const auto* found = received_.find(at_host(what.src_host, what));
        if (found == nullptr) return;
        std::uint32_t cause = Earliest::none;
        for (std::size_t i = 0; i < std::min(found->size(), candidates); ++i) {
            const std::uint32_t in = (*found)[i];
            const Observation& received = *messages_[in].what;
            if (received.src == what.dst || in == m) continue;
            if (received.vias != 0 && what.vias != 0) continue;
            const bool better = cause == Earliest::none || received.label == what.label;
            if (!better) continue;
            cause = in;
            if (received.label == what.label) break;
        }
        if (cause == Earliest::none) return;
        follow(m, cause);
    }

    [[nodiscard]] std::uint32_t invite_of(const Observation& cancel) const {
        if (cancel.vias == 0) {
            const auto hop = pack(cancel.src, cancel.dst);
            return earliest_.of(bare_transaction(hop, cancel, method::invite));
        }
        const auto hop = pack(cancel.src_host, cancel.dst_host);
        return earliest_.of(transaction(cancel, method::invite, hop));
    }
    [[nodiscard]] std::uint32_t cancel_of(const Observation& terminated) const {
        const auto hop = pack(terminated.dst_host, terminated.src_host);
        return earliest_.of(transaction(terminated, method::cancel, hop));
    }

    void follow(std::uint32_t effect, std::uint32_t cause) {
        if (cause != Earliest::none) add(messages_[cause].first, messages_[effect].first);
    }

    /// The first transmission of the effect follows the first of the cause. If both were sent
    /// equally often and times allow it, the n-th follows the n-th.
    void follow_each(std::uint32_t effect, std::uint32_t cause) {
        follow(effect, cause);
        if (cause == Earliest::none) return;
        const Message& causes = messages_[cause];
        const Message& effects = messages_[effect];
        if (causes.count != effects.count) {
            follow_late(causes, effects);
            return;
        }
        for (std::uint32_t k = 1; k < causes.count; ++k) {
            if (all_[causes.first + k].at > all_[effects.first + k].at + stamped_late) return;
        }
        for (std::uint32_t k = 1; k < causes.count; ++k) add(causes.first + k, effects.first + k);
    }

    /// Some transmissions were lost. If an effect has fewer causes before it than its own number,
    /// or only causes long past, then a cause just after it was stamped late and is the effect's
    /// own.
    void follow_late(const Message& causes, const Message& effects) {
        // A callee may send a 1xx at any time after the INVITE (RFC 3261 13.3.1.1).
        const bool at_once = effects.what->method != method::invite ||
                             !effects.what->provisional() || effects.what->status == 100;
        for (std::uint32_t k = 0; k < effects.count; ++k) {
            const auto at = all_[effects.first + k].at;
            const std::uint32_t before = count_until(causes, at);
            if (before == 0 || before == causes.count) continue;
            if (k == 0 && !at_once) continue;
            if (before > k && at - all_[causes.first + before - 1].at < long_past) continue;
            if (all_[causes.first + before].at > at + stamped_late) continue;
            if (came_later(causes.first + before, effects.first + k)) continue;
            add(causes.first + before, effects.first + k);
        }
    }

    /// How many of the message's transmissions are no later than `at`.
    [[nodiscard]] std::uint32_t count_until(const Message& message, wire::Micros at) const {
        const auto own = std::span(all_).subspan(message.first, message.count);
        const auto after = std::partition_point(
            own.begin(), own.end(), [&](const Transmission& one) { return one.at <= at; });
        return static_cast<std::uint32_t>(after - own.begin());
    }

    /// An observer that saw both saw the cause later than the effect by more than stamps are late.
    [[nodiscard]] bool came_later(std::uint32_t cause, std::uint32_t effect) const {
        bool later = false;
        for_each_same_clock(
            timebase_, all_[cause], all_[effect],
            [&](const Epoch&, wire::Micros by) { later = later || by < -stamped_late; });
        return later;
    }

    /// The first transmission out comes from the first in. A proxy forwards every further 2xx to an
    /// INVITE (RFC 3261 16.7) and every further ACK of one (16.11). Each such transmission out
    /// comes from the latest one in before it. If that one has been forwarded already, or is long
    /// past, the cause is the next one in, stamped late. Other messages a proxy retransmits by its
    /// own timers.
    void forward(const Message& in, const Message& out) {
        const Observation& what = *in.what;
        const bool every = what.method == method::ack || what.success();
        const std::uint32_t end = in.first + in.count;
        std::uint32_t cause = in.first;
        std::uint32_t forwarded = end;  // the latest that was forwarded
        for (std::uint32_t effect = out.first; effect < out.first + out.count; ++effect) {
            const auto at = all_[effect].at;
            cause = std::max(cause, in.first + std::max(count_until(in, at), 1U) - 1);
            const bool is_left = cause != forwarded && at - all_[cause].at < long_past;
            if (every && !is_left && cause + 1 < end && all_[cause + 1].at <= at + stamped_late &&
                (effect == out.first || !responds_again(*out.what, at))) {
                ++cause;
            }
            add(effect == out.first && !every ? in.first : cause, effect);
            forwarded = cause;
        }
    }

    /// The request was retransmitted just before, so the server repeats its response (RFC 3261
    /// 17.2.1).
    [[nodiscard]] bool responds_again(const Observation& what, wire::Micros at) const {
        const std::uint32_t request = what.request ? Earliest::none : request_of(what);
        if (request == Earliest::none) return false;
        constexpr wire::Micros at_once = 15'000;
        const auto requests =
            std::span(all_).subspan(messages_[request].first + 1, messages_[request].count - 1);
        const auto after =
            std::partition_point(requests.begin(), requests.end(),
                                 [&](const Transmission& one) { return one.at <= at; });
        return after != requests.begin() && at - (after - 1)->at < at_once;
    }

    void add(std::uint32_t cause, std::uint32_t effect) {
        if (cause != effect) edges_.push_back({cause, effect, true});
    }

    static constexpr std::uint64_t anywhere = UINT64_MAX;
    /// Of the requests that a host received under one CSeq, at most this many are considered.
    static constexpr std::size_t candidates = 8;

    const ViaStacks& stacks_;
    const Timebase& timebase_;
    const std::vector<Transmission>& all_;
    const std::vector<Message>& messages_;
    std::vector<std::uint32_t> order_;
    WireOrder wires_;
    Earliest earliest_;
    bool with_logs_ = false;  ///< `received_` is needed
    KeyMap<std::vector<std::uint32_t>> received_;
    std::vector<Edge> edges_;
};

}  // namespace

std::vector<std::uint32_t> by_time(const Transmissions& transmissions) {
    std::vector<std::uint32_t> order(transmissions.messages.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto rank = [&](std::uint32_t m) {
        const Transmission& first = transmissions.all[transmissions.messages[m].first];
        return std::tuple(first.at, first.arrival, m);
    };
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
    return order;
}

std::vector<Edge> find_causes(const Observations& observations, const Timebase& timebase,
                              const Transmissions& transmissions) {
    return Causes(observations, timebase, transmissions).find();
}

}  // namespace ci::order
