#include "order/causality/unseen_hops.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace ci::order {
namespace {

using Indexes = std::vector<std::uint32_t>;

/// Messages of one CSeq and one status, with and without Vias.
struct SameStatus {
    Indexes bare, with_vias;
};

/// At max_messages this many messages of a side, and this many hops, are considered: a broken phone
/// repeats a CSeq under new branches.
constexpr std::size_t max_messages = 16;

class Crossing {
  public:
    Crossing(const Observations& observations, const std::vector<Symbol>& hosts,
             const Transmissions& transmissions)
        : observations_(observations), messages_(transmissions.messages) {
        for (const Symbol host : hosts) watched_.emplace(Key{host, 0, 0, 0, 0}, true);
    }

    std::vector<Edge> run() {
        for (const Message& message : messages_) {
            const Observation& what = *message.what;
            if (what.success() && what.method == method::invite) {
                accepted_.emplace(hop_key(what.dst, what.src, what.number), true);
            }
        }
        std::vector<Key> keys;
        for (std::uint32_t m = 0; m < messages_.size(); ++m) {
            const Observation& what = *messages_[m].what;
            if (what.label == 0 || goes_one_hop(what)) continue;
            const Key key = key_of(what, what.status);
            const auto [side, is_new] = sides_.emplace(key, {});
            if (is_new) keys.push_back(key);
            Indexes& own = what.vias == 0 ? side->bare : side->with_vias;
            if (own.size() < max_messages) own.push_back(m);
        }
        for (const Key& key : keys) {
            const SameStatus& side = *sides_.find(key);
            for (const auto line : side.bare) {
                const bool is_request = messages_[line].what->request;
                for (const auto m : side.with_vias) {
                    if (is_request) order_requests(line, m, side);
                }
                if (!is_request) order_responses(line, side);
            }
        }
        return std::move(edges_);
    }

  private:
    static Key hop_key(Symbol src, Symbol dst, std::uint64_t number) {
        return {pack(src, dst), number, 0, 0, 0};
    }
    /// Whether the message goes over one hop only. The ACK of a non-2xx response does, the ACK of a
    /// 2xx does not (RFC 3261 17.1.1.3, 13.2.2.4).
    [[nodiscard]] bool goes_one_hop(const Observation& what) const {
        if (!what.request) return what.status == 100;
        if (what.method == method::cancel) return true;
        return what.method == method::ack &&
               accepted_.find(hop_key(what.src, what.dst, what.number)) == nullptr;
    }
    static Key key_of(const Observation& what, std::uint16_t status) {
        return {pack(what.method, status), what.number, 0, 0, 0};
    }

    /// How far below the top of the stack the host's Via is.
    [[nodiscard]] std::optional<std::size_t> depth_of(Symbol host, Symbol stack) const {
        std::size_t depth = 0;
        for (; stack != 0 && depth < max_messages;
             stack = observations_.stacks.rest(stack), ++depth) {
            const Symbol via = observations_.stacks.top(stack);
            if (via < observations_.via_hosts.size() && observations_.via_hosts[via] == host) {
                return depth;
            }
        }
        return std::nullopt;
    }
    /// Where the line's hop lies relative to the message's Vias.
    enum class Place { on_the_way, on_the_way_back, beyond, elsewhere };
    [[nodiscard]] Place place(const Observation& line, Symbol stack) const {
        const auto src = depth_of(line.src_host, stack);
        const auto dst = depth_of(line.dst_host, stack);
        if (!src && !dst) return Place::beyond;
        if (!src || !dst || *src == *dst) return Place::elsewhere;
        return *src > *dst ? Place::on_the_way : Place::on_the_way_back;
    }
    /// Whether every request further downstream comes from this one: the caller sent it, or every
    /// proxy that it came through has an observer and forwarded the request to one destination
    /// only.
    [[nodiscard]] bool all_pass(Symbol stack, const SameStatus& requests) const {
        if (observations_.stacks.depth(stack) > max_messages) return false;
        for (; observations_.stacks.depth(stack) > 1; stack = observations_.stacks.rest(stack)) {
            const Symbol parent = observations_.stacks.rest(stack);
            const auto is_branch = [&](std::uint32_t m) {
                return observations_.stacks.rest(messages_[m].what->vias) == parent;
            };
            const auto& all = requests.with_vias;
            const auto first = std::find_if(all.begin(), all.end(), is_branch);
            if (first == all.end() || std::any_of(first + 1, all.end(), is_branch)) return false;
            const Symbol sender = messages_[*first].what->src_host;
            if (watched_.find(Key{sender, 0, 0, 0, 0}) == nullptr) return false;
        }
        return stack != 0;
    }

    void order_requests(std::uint32_t line, std::uint32_t m, const SameStatus& side) {
        const Observation& bare = *messages_[line].what;
        const Observation& what = *messages_[m].what;
        const Place where = place(bare, what.vias);
        if (where == Place::on_the_way) add(line, m);
        if (where != Place::beyond || bare.label != what.label) return;
        if (all_pass(what.vias, side)) add(m, line);
    }

    void order_responses(std::uint32_t line, const SameStatus& side) {
        const Observation& bare = *messages_[line].what;
        Indexes before, after;
        for (const auto m : side.with_vias) {
            const Observation& what = *messages_[m].what;
            const Place where = place(bare, what.vias);
            // A line seen more often than the message merges several branches' responses.
            if (messages_[line].count > messages_[m].count) continue;
            if (where == Place::on_the_way_back) before.push_back(m);
            if (where == Place::beyond && is_beyond(bare, what)) after.push_back(m);
        }
        // Of several branches' responses it is unknown which was forwarded.
        if (before.size() == 1 && !was_received(bare.src_host, side)) add(before.front(), line);
        if (after.size() == 1 && is_alone(line, side)) add(line, after.front());
    }
    /// Whether the line's request came from the request of the response `what`.
    [[nodiscard]] bool is_beyond(const Observation& line, const Observation& what) const {
        const SameStatus* requests = sides_.find(key_of(what, 0));
        if (requests == nullptr || !all_pass(what.vias, *requests)) return false;
        return std::any_of(
            requests->with_vias.begin(), requests->with_vias.end(), [&](std::uint32_t m) {
                const Observation& first = *messages_[m].what;
                return first.vias == what.vias &&
                       std::any_of(
                           requests->bare.begin(), requests->bare.end(), [&](std::uint32_t b) {
                               const Observation& forwarded = *messages_[b].what;
                               return forwarded.label == first.label && forwarded.src == line.dst &&
                                      forwarded.dst == line.src;
                           });
            });
    }
    /// The log itself shows the response that the host received and forwarded.
    [[nodiscard]] bool was_received(Symbol host, const SameStatus& side) const {
        const auto to_host = [&](std::uint32_t m) { return messages_[m].what->dst_host == host; };
        return std::any_of(side.bare.begin(), side.bare.end(), to_host);
    }
    [[nodiscard]] bool is_alone(std::uint32_t line, const SameStatus& side) const {
        return std::all_of(side.bare.begin(), side.bare.end(), [&](std::uint32_t other) {
            return other == line ||
                   messages_[other].what->dst_host != messages_[line].what->dst_host;
        });
    }

    void add(std::uint32_t cause, std::uint32_t effect) {
        edges_.push_back({messages_[cause].first, messages_[effect].first, true});
    }

    const Observations& observations_;
    const std::vector<Message>& messages_;
    KeyMap<bool> watched_;   ///< hosts with an observer
    KeyMap<bool> accepted_;  ///< hops whose INVITE a 2xx accepted
    KeyMap<SameStatus> sides_;
    std::vector<Edge> edges_;
};

}  // namespace

std::vector<Edge> cross_unseen_hops(const Observations& observations,
                                    const std::vector<Symbol>& hosts,
                                    const Transmissions& transmissions) {
    if (observations.via_hosts.empty()) return {};
    return Crossing(observations, hosts, transmissions).run();
}

}  // namespace ci::order
