#include "order/causality/log_responses.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ci::order {
namespace {

/// One response (by status and label) as one host received and sent it, on all branches.
struct ProxySide {
    std::vector<std::uint32_t> in, out;  ///< messages
};

/// A clock that only causes tie is no more exact than this.
constexpr wire::Micros inexact = 2'000;
/// At max_branches this many branches are considered: a broken phone repeats a CSeq under new
/// branches.
constexpr std::size_t max_branches = 16;

class Forwards {
  public:
    explicit Forwards(const Transmissions& transmissions)
        : all_(transmissions.all),
          messages_(transmissions.messages),
          is_forwarded_(messages_.size(), false),
          was_received_(messages_.size(), false) {}

    std::vector<Edge> find(const std::vector<Edge>& known) {
        for (const Edge& edge : known) {
            const std::uint32_t cause = all_[edge.cause].message;
            const std::uint32_t effect = all_[edge.effect].message;
            if (cause == effect || !is_same_response(cause, effect)) continue;
            is_forwarded_[cause] = true;
            was_received_[effect] = true;
        }
        std::vector<Key> keys;
        for (std::uint32_t m = 0; m < messages_.size(); ++m) {
            const Observation& what = *messages_[m].what;
            // A 100 and the response to a CANCEL go over one hop only (RFC 3261 16.7 and 9).
            if (what.request || what.status <= 100 || what.method == method::cancel) continue;
            if (!is_forwarded_[m]) side(what, what.dst_host, keys).in.push_back(m);
            if (!was_received_[m]) side(what, what.src_host, keys).out.push_back(m);
        }
        for (const Key& key : keys) forward(*sides_.find(key));
        return std::move(edges_);
    }

  private:
    [[nodiscard]] bool is_same_response(std::uint32_t a, std::uint32_t b) const {
        const Observation& one = *messages_[a].what;
        const Observation& other = *messages_[b].what;
        return !one.request && !other.request && one.status == other.status &&
               one.method == other.method && one.number == other.number;
    }
    ProxySide& side(const Observation& what, Symbol host, std::vector<Key>& keys) {
        const Key key{pack(host, what.method), what.number, pack(what.status, what.label), 0, 0};
        const auto [found, is_new] = sides_.emplace(key, {});
        if (is_new) keys.push_back(key);
        return *found;
    }

    void forward(ProxySide side) {
        if (side.in.empty() || side.out.empty()) return;
        if (side.in.size() > max_branches || side.out.size() > max_branches) return;
        const auto by_time = [&](std::uint32_t a, std::uint32_t b) {
            return all_[messages_[a].first].at < all_[messages_[b].first].at;
        };
        std::stable_sort(side.in.begin(), side.in.end(), by_time);
        std::stable_sort(side.out.begin(), side.out.end(), by_time);
        if (side.out.size() > side.in.size()) return follow_next(side);
        for (std::size_t k = 0; k < side.out.size(); ++k) {
            const std::uint32_t out = side.out[k];
            const bool each = side.in.size() == side.out.size();
            const auto found =
                std::find_if(side.in.begin() + static_cast<std::ptrdiff_t>(each ? k : 0),
                             side.in.end(), [&](std::uint32_t in) { return is_forward(in, out); });
            if (found != side.in.end()) follow(*found, out);
        }
    }
    /// The host sent more than was seen to arrive: each one received is the cause of the next one
    /// sent.
    void follow_next(const ProxySide& side) {
        auto out = side.out.begin();
        for (const auto in : side.in) {
            const auto is_next = [&](std::uint32_t m) {
                return is_forward(in, m) && last_of(m).at >= all_[messages_[in].first].at - inexact;
            };
            out = std::find_if(out, side.out.end(), is_next);
            if (out == side.out.end()) return;
            follow(in, *out++);
        }
    }
    [[nodiscard]] const Transmission& last_of(std::uint32_t m) const {
        return all_[messages_[m].first + messages_[m].count - 1];
    }
    [[nodiscard]] bool is_forward(std::uint32_t in, std::uint32_t out) const {
        const Observation& received = *messages_[in].what;
        const Observation& sent = *messages_[out].what;
        return in != out && received.src != sent.dst && (received.vias == 0 || sent.vias == 0);
    }
    void follow(std::uint32_t in, std::uint32_t out) {
        const Message& cause = messages_[in];
        const Message& effect = messages_[out];
        std::uint32_t next = effect.first;
        if (effect.count > cause.count) {
            const auto at = all_[cause.first].at - inexact;
            while (next + 1 < effect.first + effect.count && all_[next].at < at) ++next;
        }
        edges_.push_back({cause.first, next, true});
    }

    const std::vector<Transmission>& all_;
    const std::vector<Message>& messages_;
    std::vector<bool> is_forwarded_, was_received_;
    KeyMap<ProxySide> sides_;
    std::vector<Edge> edges_;
};

}  // namespace

std::vector<Edge> forward_log_responses(const Transmissions& transmissions,
                                        const std::vector<Edge>& known) {
    const auto is_bare = [](const Message& one) { return one.what->vias == 0; };
    if (std::none_of(transmissions.messages.begin(), transmissions.messages.end(), is_bare)) {
        return {};
    }
    return Forwards(transmissions).find(known);
}

}  // namespace ci::order
