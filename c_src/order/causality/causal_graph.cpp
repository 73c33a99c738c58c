#include "order/causality/causal_graph.h"

#include <algorithm>
#include <cstddef>
#include <queue>
#include <span>
#include <utility>

namespace ci::order {
namespace {

using wire::Micros;

constexpr std::uint32_t none = UINT32_MAX;

/// The effects of each node, packed: edges sorted by cause, without moving the edges themselves.
class Effects {
  public:
    Effects(std::size_t nodes, const std::vector<Edge>& edges)
        : begin_(nodes + 1), effects_(edges.size()) {
        for (const Edge& edge : edges) ++begin_[edge.cause + 1];
        for (std::size_t i = 0; i < nodes; ++i) begin_[i + 1] += begin_[i];
        std::vector<std::uint32_t> at(begin_.begin(), begin_.end() - 1);
        for (const Edge& edge : edges) effects_[at[edge.cause]++] = edge.effect;
    }
    [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t node) const {
        return std::span(effects_).subspan(begin_[node], begin_[node + 1] - begin_[node]);
    }

  private:
    std::vector<std::uint32_t> begin_, effects_;
};

std::vector<std::uint32_t> count_causes(std::size_t nodes, const std::vector<Edge>& edges) {
    std::vector<std::uint32_t> waiting(nodes);
    for (const Edge& edge : edges) ++waiting[edge.effect];
    return waiting;
}

/// Any order of the nodes with causes before effects; nodes on or behind a cycle are left out.
std::vector<std::uint32_t> any_order(std::size_t nodes, const std::vector<Edge>& edges) {
    const Effects effects(nodes, edges);
    auto waiting = count_causes(nodes, edges);
    std::vector<std::uint32_t> order;
    order.reserve(nodes);
    for (std::uint32_t i = 0; i < nodes; ++i) {
        if (waiting[i] == 0) order.push_back(i);
    }
    for (std::size_t at = 0; at < order.size(); ++at) {
        for (const auto effect : effects.of(order[at])) {
            if (--waiting[effect] == 0) order.push_back(effect);
        }
    }
    return order;
}

/// Numbers the strongly connected components (Tarjan 1972, with an explicit stack).
std::vector<std::uint32_t> components(std::size_t nodes, const std::vector<Edge>& edges) {
    const Effects effects(nodes, edges);
    struct Visit {
        std::uint32_t node;
        std::size_t next;
    };
    std::vector<std::uint32_t> component(nodes, none);
    std::vector<std::uint32_t> found(nodes, none);
    std::vector<std::uint32_t> low(nodes, 0);
    std::vector<std::uint32_t> open;
    std::vector<Visit> path;
    std::uint32_t clock = 0;
    for (std::uint32_t start = 0; start < nodes; ++start) {
        if (found[start] != none) continue;
        path.push_back({start, 0});
        while (!path.empty()) {
            const std::uint32_t node = path.back().node;
            if (path.back().next == 0) {
                found[node] = low[node] = clock++;
                open.push_back(node);
            }
            const auto own = effects.of(node);
            if (path.back().next < own.size()) {
                const std::uint32_t effect = own[path.back().next++];
                if (found[effect] == none) {
                    path.push_back({effect, 0});
                } else if (component[effect] == none) {
                    low[node] = std::min(low[node], found[effect]);
                }
                continue;
            }
            path.pop_back();
            if (!path.empty()) {
                const std::uint32_t above = path.back().node;
                low[above] = std::min(low[above], low[node]);
            }
            if (low[node] != found[node]) continue;
            std::uint32_t member = none;
            do {
                member = open.back();
                open.pop_back();
                component[member] = node;
            } while (member != node);
        }
    }
    return component;
}

void take_out(std::vector<Edge>& edges, const std::vector<bool>& chosen, std::vector<Edge>& taken) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (chosen[i]) {
            taken.push_back(edges[i]);
        } else {
            edges[kept++] = edges[i];
        }
    }
    edges.resize(kept);
}

}  // namespace

std::vector<Edge> break_cycles(const std::vector<Micros>& times, std::vector<Edge>& edges) {
    const std::size_t nodes = times.size();
    std::vector<Edge> taken;
    // Removing one edge of each component a round removes few edges. A component that takes more
    // rounds than this is garbage: it loses its weak edges, then every edge that goes back in time.
    constexpr int gentle_rounds = 16;
    for (int round = 0; any_order(nodes, edges).size() < nodes; ++round) {
        const auto component = components(nodes, edges);
        std::vector<bool> chosen(edges.size());
        std::vector<std::size_t> weakest(nodes, edges.size());
        const auto weaker = [&](const Edge& a, const Edge& b) {
            return std::tuple(a.hard, !a.weak, times[a.effect] - times[a.cause], a.cause,
                              a.effect) <
                   std::tuple(b.hard, !b.weak, times[b.effect] - times[b.cause], b.cause, b.effect);
        };
        for (std::size_t i = 0; i < edges.size(); ++i) {
            const Edge& edge = edges[i];
            const std::uint32_t knot = component[edge.cause];
            if (knot != component[edge.effect]) continue;
            if (round == gentle_rounds) {
                chosen[i] = edge.weak;
            } else if (round > gentle_rounds) {
                chosen[i] = std::pair(times[edge.cause], edge.cause) >=
                            std::pair(times[edge.effect], edge.effect);
            } else if (weakest[knot] == edges.size() || weaker(edge, edges[weakest[knot]])) {
                weakest[knot] = i;
            }
        }
        if (round < gentle_rounds) {
            for (const std::size_t i : weakest) {
                if (i < edges.size()) chosen[i] = true;
            }
        }
        take_out(edges, chosen, taken);
    }
    return taken;
}

std::vector<Micros> run_back(std::vector<Micros> times, const std::vector<Edge>& edges) {
    const Effects effects(times.size(), edges);
    const auto order = any_order(times.size(), edges);
    for (auto node = order.rbegin(); node != order.rend(); ++node) {
        for (const auto effect : effects.of(*node)) {
            times[*node] = std::min(times[*node], times[effect]);
        }
    }
    return times;
}

std::vector<Micros> run_forward(std::vector<Micros> times, const std::vector<Edge>& edges) {
    const Effects effects(times.size(), edges);
    for (const auto node : any_order(times.size(), edges)) {
        for (const auto effect : effects.of(node)) {
            times[effect] = std::max(times[effect], times[node]);
        }
    }
    return times;
}

std::vector<std::uint32_t> sort(const std::vector<Priority>& priorities,
                                const std::vector<Edge>& edges) {
    const Effects effects(priorities.size(), edges);
    auto waiting = count_causes(priorities.size(), edges);
    const auto later = [&](std::uint32_t a, std::uint32_t b) {
        if (priorities[a] < priorities[b]) return false;
        return priorities[b] < priorities[a] || b < a;
    };
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, decltype(later)> free(later);
    for (std::uint32_t i = 0; i < priorities.size(); ++i) {
        if (waiting[i] == 0) free.push(i);
    }
    std::vector<std::uint32_t> order;
    order.reserve(priorities.size());
    while (!free.empty()) {
        order.push_back(free.top());
        free.pop();
        for (const auto effect : effects.of(order.back())) {
            if (--waiting[effect] == 0) free.push(effect);
        }
    }
    return order;
}

}  // namespace ci::order
