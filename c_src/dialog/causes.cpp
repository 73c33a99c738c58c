#include "dialog/causes.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace ci::dialog {
namespace {

/// By how much the stamp of a message received may lie after that of the one sent on because of it:
/// what busy senders were seen to stamp late, 46 ms, and a little more.
constexpr wire::Micros stamped_late = 50'000;

class Causes {
  public:
    Causes(const Observations& observations, const Transmissions& transmissions)
        : stacks_(observations.stacks), all_(transmissions.all), messages_(transmissions.messages) {
        order_ = by_time(transmissions);
    }

    std::vector<Edge> find() {
        for (const auto m : order_) note(m);
        for (const auto m : order_) {
            const Observation& what = *messages_[m].what;
            follow_itself(m);
            if (!what.request) {
                follow_request(m);
                if (what.status != 100) forward_response(m);
            } else {
                if (what.vias != 0) forward_request(m);
                if (what.method == method::cancel) follow_invite(m);
            }
        }
        return std::move(edges_);
    }

  private:
    // Keys begin with different words where they share a table: addresses, then "anywhere".
    Key transaction(const Observation& what, Id of_method, std::uint64_t hop) const {
        return {hop, both(stacks_.top(what.vias), of_method), what.number, 1, 0};
    }
    static Key bare_transaction(std::uint64_t hop, const Observation& what, Id of_method) {
        return {hop, both(0, of_method), what.number, 2, 0};  // logs show no Via
    }
    static Key request_with(Id stack, const Observation& what, Id dst_host) {
        return {both(stack, what.method), what.number, dst_host, 3, 0};
    }
    static Key response_with(Id stack, const Observation& what) {
        return {both(stack, what.method), what.number, both(what.status, what.to_tag), 4, 0};
    }

    void note(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        if (what.request) {
            earliest_.add(bare_transaction(both(what.src, what.dst), what, what.method), m);
            if (what.vias == 0) return;
            const auto hop = both(what.src_host, what.dst_host);
            earliest_.add(transaction(what, what.method, hop), m);
            earliest_.add(transaction(what, what.method, anywhere), m);
            earliest_.add(request_with(what.vias, what, what.dst_host), m);
            earliest_.add(request_with(what.vias, what, 0), m);
        } else if (what.vias != 0 && what.status != 100) {
            earliest_.add(response_with(what.vias, what), m);
        }
    }

    void follow_itself(std::uint32_t m) {
        for (std::uint32_t k = 1; k < messages_[m].count; ++k) {
            add(messages_[m].first + k - 1, messages_[m].first + k);
        }
    }

    void follow_request(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        std::uint32_t request = Earliest::none;
        if (what.vias != 0) {
            const auto hop = both(what.dst_host, what.src_host);
            request = earliest_.of(transaction(what, what.method, hop));
            if (request == Earliest::none) {  // behind an address translation
                request = earliest_.of(transaction(what, what.method, anywhere));
            }
        } else {
            request = earliest_.of(bare_transaction(both(what.dst, what.src), what, what.method));
        }
        if (request != Earliest::none) add(messages_[request].first, messages_[m].first);
    }

    void forward_request(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        // The nearest hop that somebody saw.
        for (Id stack = stacks_.rest(what.vias); stack != 0; stack = stacks_.rest(stack)) {
            auto received = earliest_.of(request_with(stack, what, what.src_host));
            if (received == Earliest::none) received = earliest_.of(request_with(stack, what, 0));
            if (received == Earliest::none) continue;
            forward(messages_[received], messages_[m]);
            return;
        }
    }

    void forward_response(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        for (Id stack = stacks_.rest(what.vias); stack != 0; stack = stacks_.rest(stack)) {
            const auto sent_on = earliest_.of(response_with(stack, what));
            if (sent_on == Earliest::none) continue;
            forward(messages_[m], messages_[sent_on]);
            return;
        }
    }

    void follow_invite(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        const auto invite =
            what.vias != 0
                ? earliest_.of(
                      transaction(what, method::invite, both(what.src_host, what.dst_host)))
                : earliest_.of(bare_transaction(both(what.src, what.dst), what, method::invite));
        if (invite != Earliest::none) add(messages_[invite].first, messages_[m].first);
    }

    /// The first out comes from the first in. A proxy sends on every further 2xx and ACK of an
    /// INVITE that comes in (RFC 3261 16.7, 16.11), so each out comes from the latest in that was
    /// not clearly later; other messages it sends again by timers of its own.
    void forward(const Message& in, const Message& out) {
        const Observation& what = *in.what;
        const bool every = what.method == method::ack || what.success();
        const wire::Micros late = every ? stamped_late : 0;
        std::uint32_t cause = in.first;
        for (std::uint32_t effect = out.first; effect < out.first + out.count; ++effect) {
            while (cause + 1 < in.first + in.count &&
                   all_[cause + 1].at <= all_[effect].at + late) {
                ++cause;
            }
            add(effect == out.first && !every ? in.first : cause, effect);
        }
    }

    void add(std::uint32_t cause, std::uint32_t effect) {
        if (cause != effect) edges_.push_back({cause, effect, true});
    }

    static constexpr std::uint64_t anywhere = UINT64_MAX;

    const Stacks& stacks_;
    const std::vector<Transmission>& all_;
    const std::vector<Message>& messages_;
    std::vector<std::uint32_t> order_;
    Earliest earliest_;
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

std::vector<Edge> find_causes(const Observations& observations,
                              const Transmissions& transmissions) {
    return Causes(observations, transmissions).find();
}

}  // namespace ci::dialog
