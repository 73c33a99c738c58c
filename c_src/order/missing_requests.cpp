#include "order/missing_requests.h"

#include <optional>

namespace ci::order {
namespace {

class UnseenRequests {
  public:
    explicit UnseenRequests(const Observations& observations) : stacks_(observations.stacks) {}

    void note(const Observation& what) {
        if (!what.request) return;
        known_.emplace(key(what, what.src_host, what.dst_host, what.method, true), true);
        known_.emplace(key(what, what.src_host, what.dst_host, what.method, false), true);
        known_.emplace(key(what, what.src_host, anywhere, what.method, false), true);
    }

    /// The method of the request that is missing on this hop, if one is. Reports each gap once.
    std::optional<Symbol> missing(const Observation& what) {
        const auto method = needed(what);
        if (!method) return std::nullopt;
        const Symbol from = what.request ? what.src_host : what.dst_host;
        const Symbol to = what.request ? what.dst_host : what.src_host;
        // The ACK of a 2xx has a branch of its own, and goes where Contact and Record-Route say:
        // not always where the INVITE went (RFC 3261 13.2.2.4).
        const bool is_ack = what.request && what.method == method::ack;
        if (is_ack && known_.find(key(what, from, anywhere, *method, false)) != nullptr) {
            return std::nullopt;
        }
        const bool by_branch = what.vias != 0 && (!what.request || what.method == method::cancel);
        const bool known = by_branch
                               ? (known_.find(key(what, from, to, *method, true)) != nullptr) ||
                                     (known_.find(bare_key(what, from, to, *method)) != nullptr)
                               : (known_.find(key(what, from, to, *method, false)) != nullptr);
        if (known) return std::nullopt;
        known_.emplace(key(what, from, to, *method, by_branch), true);
        known_.emplace(key(what, from, to, *method, false), true);
        return method;
    }

  private:
    /// In place of a hop's second host.
    static constexpr Symbol anywhere = 0;

    static std::optional<Symbol> needed(const Observation& what) {
        if (!what.request) {
            if (what.status == 0 || what.method == 0) return std::nullopt;
            return what.method;
        }
        if (what.method == method::ack || what.method == method::cancel) return method::invite;
        return std::nullopt;
    }

    [[nodiscard]] Key key(const Observation& what, Symbol from, Symbol to, Symbol of_method,
                          bool by_branch) const {
        const Symbol branch = by_branch ? stacks_.top(what.vias) : 0;
        return {pack(from, to), pack(branch, of_method), what.number, by_branch ? 1U : 0U,
                what.dialogue};
    }
    /// The key of a request from a log, which shows no Via.
    static Key bare_key(const Observation& what, Symbol from, Symbol to, Symbol of_method) {
        return {pack(from, to), pack(0, of_method), what.number, 1, what.dialogue};
    }

    const ViaStacks& stacks_;
    KeyMap<bool> known_;
};

}  // namespace

std::vector<UnseenRequest> find_missing_requests(const Observations& observations,
                                                 const Transmissions& transmissions,
                                                 const std::vector<std::uint32_t>& order) {
    UnseenRequests unseen(observations);
    for (const Message& message : transmissions.messages) unseen.note(*message.what);
    std::vector<UnseenRequest> gaps;
    for (const auto node : order) {
        if (node >= transmissions.all.size()) continue;
        const auto& what = *transmissions.messages[transmissions.all[node].message].what;
        if (const auto method = unseen.missing(what)) {
            gaps.push_back({node, *method, what.request});
        }
    }
    return gaps;
}

}  // namespace ci::order
