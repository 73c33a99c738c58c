#include "dialog/order.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "dialog/alignment.h"
#include "dialog/causes.h"
#include "dialog/gaps.h"
#include "dialog/hidden_settings.h"
#include "dialog/manners.h"
#include "dialog/observation.h"
#include "dialog/reading.h"
#include "dialog/sighting.h"
#include "dialog/timers.h"
#include "dialog/topology.h"
#include "dialog/transmission.h"
#include "dialog/whereabouts.h"

namespace ci::dialog {
namespace {

using chunk::Chunk;
using wire::Micros;

/// A cause stamped later than its effect by less than this is the usual lateness of stamps.
constexpr Micros worth_reporting = 50'000;
/// By more than this, on clocks that can be compared and in the order of arrival too, it is not the
/// cause: that one was lost, and this is a retransmission (T1 is 500 ms).
constexpr Micros not_the_cause = 420'000;
constexpr std::size_t reports_limit = 50;
/// No stamp is late by more than this.
constexpr Micros no_clock = 150'000;

std::string seconds(Micros duration) {
    const Micros millis = (duration + 500) / 1000;
    std::string text = std::to_string(millis % 1000);
    text.insert(0, 3 - text.size(), '0');
    return std::to_string(millis / 1000) + '.' + text + " s";
}

std::string_view host_of(std::string_view endpoint) {
    return endpoint.substr(0, endpoint.rfind(':'));
}

/// "INVITE" of "1 INVITE".
std::string_view method_of(std::string_view cseq) {
    return cseq.substr(std::min(cseq.find_last_of(" \t") + 1, cseq.size()));
}

class Contradictions {
  public:
    Contradictions(std::span<const Chunk> chunks, const Observations& observations,
                   const Transmissions& transmissions)
        : chunks_(chunks), observations_(observations), transmissions_(transmissions) {}

    void not_a_clock(std::string_view observer) {
        add(std::string(observer) + ": its stamps are not a clock; arrival counts");
    }
    void was_set(std::string_view observer, Micros by) {
        add(std::string(observer) + ": its clock was set " + seconds(std::abs(by)) +
            (by < 0 ? " back" : " forward"));
    }
    void late(const Edge& edge, Micros by, bool kept) {
        add(name(edge.cause) + " is stamped " + seconds(by) + " after " + name(edge.effect) +
            (kept ? ", which it caused" : ": it cannot be its cause, which nobody saw"));
    }
    void cycle(const Edge& edge) {
        add(name(edge.cause) + " should come before " + name(edge.effect) +
            ", but others should not");
    }
    std::vector<std::string> take() {
        std::sort(texts_.begin(), texts_.end());
        texts_.erase(std::unique(texts_.begin(), texts_.end()), texts_.end());
        if (left_out_ > 0) texts_.push_back("and " + std::to_string(left_out_) + " more");
        return std::move(texts_);
    }

  private:
    [[nodiscard]] std::string name(std::uint32_t node) const {
        if (node >= transmissions_.all.size()) return "what precedes it";
        const auto& of = transmissions_.all[node];
        const Chunk& chunk = chunks_[observations_.all[of.observations.front()].chunk];
        return '"' + chunk.label + "\" (" + chunk.c_seq + ", " + chunk.src + " to " + chunk.dst +
               ')';
    }
    void add(std::string text) {
        if (texts_.size() < reports_limit) {
            texts_.push_back(std::move(text));
        } else {
            ++left_out_;
        }
    }

    std::span<const Chunk> chunks_;
    const Observations& observations_;
    const Transmissions& transmissions_;
    std::vector<std::string> texts_;
    std::size_t left_out_ = 0;
};

/// Nothing but a setting that arrivals suggested may lie between the two: then how far they are
/// apart is as sure as arrivals are.
bool comparable(const Readings& readings, const Transmission& one, const Transmission& other) {
    const auto was_set = [&](std::uint32_t i) {
        return readings.stretches[readings.stretch[i]].was_set;
    };
    const auto& first = one.observations;
    const auto& second = other.observations;
    if (std::none_of(first.begin(), first.end(), was_set) &&
        std::none_of(second.begin(), second.end(), was_set)) {
        return true;
    }
    return std::any_of(first.begin(), first.end(), [&](std::uint32_t i) {
        return std::any_of(second.begin(), second.end(), [&](std::uint32_t k) {
            return readings.stretch[i] == readings.stretch[k];
        });
    });
}

/// Leaves out the causes that stamps refute, and reports those that they only contradict.
std::vector<Edge> believable(const std::vector<Edge>& causes, const Readings& readings,
                             const Transmissions& transmissions, Contradictions& contradictions) {
    std::vector<Edge> kept;
    for (const Edge& edge : causes) {
        const Transmission& cause = transmissions.all[edge.cause];
        const Transmission& effect = transmissions.all[edge.effect];
        const Micros late = cause.at - effect.at;
        const bool refuted = late > not_the_cause && cause.firm == effect.firm &&
                             cause.arrival > effect.arrival && comparable(readings, cause, effect);
        if (!refuted) kept.push_back(edge);
        if (late > worth_reporting) contradictions.late(edge, late, !refuted);
    }
    return kept;
}

/// Causes that nothing but arrivals ties to their effects, as far as there is no doubt which they
/// are: both were sent once.
std::vector<CausalTie> causal_ties(const Readings& readings, const Transmissions& transmissions,
                                   const std::vector<Edge>& causes) {
    std::vector<CausalTie> ties;
    const bool tied = std::all_of(
        transmissions.all.begin(), transmissions.all.end(),
        [&](const Transmission& one) { return one.group == transmissions.all.front().group; });
    if (tied) return ties;
    const auto once = [&](const Transmission& one) {
        return transmissions.messages[one.message].count == 1;
    };
    for (const Edge& edge : causes) {
        const Transmission& cause = transmissions.all[edge.cause];
        const Transmission& effect = transmissions.all[edge.effect];
        if (cause.group == effect.group || !once(cause) || !once(effect)) continue;
        const auto first = cause.observations.front();
        const auto second = effect.observations.front();
        ties.push_back({readings.stretch[first], readings.stretch[second], readings.times[first],
                        readings.times[second]});
    }
    return ties;
}

/// Everything up to the graph: clocks, what was sent once, and why.
struct Measured {
    Readings readings;
    Alignment alignment;
    Transmissions transmissions;
    std::vector<Edge> causes;
};

Measured measure(const Observations& observations, const std::vector<Id>& hosts,
                 std::span<const ClockPrior> priors, const std::vector<bool>& refuted) {
    Measured result;
    result.readings = read_clocks(observations, refuted);
    Sightings sightings = gather(observations, result.readings);
    const auto hidden = find_hidden_settings(observations, result.readings, sightings);
    if (!hidden.empty()) {
        result.readings = set_at(observations, result.readings, hidden);
        sightings = gather(observations, result.readings);
    }
    const auto pair = [&](std::span<const CausalTie> causal) {
        result.alignment = align(observations, result.readings, sightings, priors, causal);
        result.transmissions =
            pair_up(observations, result.readings, sightings, result.alignment, hosts);
        result.causes = find_causes(observations, result.transmissions);
    };
    pair({});
    const auto causal = causal_ties(result.readings, result.transmissions, result.causes);
    if (!causal.empty()) pair(causal);
    return result;
}

/// By observer: it stamped a cause long after its effect, though it saw them the right way round.
/// That is no clock, whatever else is.
std::vector<bool> refute(const Observations& observations, const Measured& measured) {
    const auto& [readings, alignment, transmissions, causes] = measured;
    std::vector<bool> refuted(observations.observers.size(), false);
    for (const Edge& edge : causes) {
        const Transmission& cause = transmissions.all[edge.cause];
        const Transmission& effect = transmissions.all[edge.effect];
        if (transmissions.messages[cause.message].count > 1) continue;
        if (transmissions.messages[effect.message].count > 1) continue;
        for (const auto i : cause.observations) {
            if (!readings.stretches[readings.stretch[i]].has_clock) continue;
            for (const auto k : effect.observations) {
                if (readings.stretch[i] != readings.stretch[k]) continue;
                if (readings.times[i] - readings.times[k] <= no_clock) continue;
                const Micros waited = observations.all[k].arrival - observations.all[i].arrival;
                if (waited >= 0) refuted[observations.all[i].observer] = true;
            }
        }
    }
    return refuted;
}

/// The usual course of a call, for messages of which nothing else says which came first: what is
/// going on is passed on before something new begins.
int protocol_rank(const Observation& what) {
    if (what.status == 100) return 0;  // sent before anything else is done
    if (what.provisional()) return 2;
    if (!what.request) return 4;
    switch (what.method) {
        case method::ack:
            return 1;
        case method::cancel:
            return 5;
        case method::bye:
            return 6;
        default:
            return 3;
    }
}

std::vector<Clock> clocks_of(std::span<const Chunk> chunks, const Observations& observations,
                             const Readings& readings, const Alignment& alignment,
                             const std::vector<Id>& hosts, const Transmissions& transmissions) {
    std::vector<Clock> clocks(observations.observers.size());
    std::vector<std::uint32_t> longest(clocks.size());
    const std::uint32_t common = common_clock(readings);
    for (std::uint32_t i = 0; i < readings.stretches.size(); ++i) {
        const Stretch& stretch = readings.stretches[i];
        Clock& clock = clocks[stretch.observer];
        clock.common = clock.common || (stretch.has_clock && i == common);
        if (longest[stretch.observer] > 0) ++clock.settings;
        if (stretch.observations <= longest[stretch.observer]) continue;
        longest[stretch.observer] = stretch.observations;
        clock.observer = observations.observers[stretch.observer];
        clock.has_clock = stretch.has_clock;
        if (!stretch.has_clock) continue;
        clock.offset = alignment.mappings[i].offset;
        clock.drift = alignment.mappings[i].drift;
        if (alignment.ties[i] > 0) clock.spread = alignment.mappings[i].spread;
    }
    for (const Observation& seen : observations.all) {
        Clock& clock = clocks[seen.observer];
        const Id host = hosts[seen.observer];
        if (!clock.host.empty() || host == 0) continue;
        if (seen.src_host == host) clock.host = host_of(chunks[seen.chunk].src);
        if (seen.dst_host == host) clock.host = host_of(chunks[seen.chunk].dst);
    }
    std::vector<std::uint32_t> observers;
    for (const Transmission& transmission : transmissions.all) {
        observers.clear();
        for (const auto i : transmission.observations) {
            observers.push_back(observations.all[i].observer);
        }
        std::sort(observers.begin(), observers.end());
        observers.erase(std::unique(observers.begin(), observers.end()), observers.end());
        if (observers.size() < 2) continue;
        for (const auto observer : observers) ++clocks[observer].shared;
    }
    return clocks;
}

/// The observers of each host.
using Watchers = std::unordered_multimap<Id, std::uint32_t>;
/// Where so many stand, nobody asks who of them missed something.
constexpr std::ptrdiff_t most_watchers = 8;

Event event_of(const Observations& observations, const Transmissions& transmissions,
               const Watchers& watchers, std::uint32_t node, Micros at) {
    const Transmission& transmission = transmissions.all[node];
    const Message& message = transmissions.messages[transmission.message];
    Event event;
    event.at = at;
    event.retransmission = node - message.first;
    if (event.retransmission > 0) {
        event.timer_slot =
            timer_slot(transmission.at - transmissions.all[message.first].at,
                       message.what->request && message.what->method == method::invite);
    }
    for (const auto i : transmission.observations) {
        event.seen.push_back(observations.all[i].chunk);
    }
    event.chunk = event.seen.front();
    const auto missed_at = [&](Id host) {
        const auto [begin, end] = watchers.equal_range(host);
        if (std::distance(begin, end) > most_watchers) return;
        for (auto watcher = begin; watcher != end; ++watcher) {
            const bool saw = std::any_of(
                transmission.observations.begin(), transmission.observations.end(),
                [&](auto i) { return observations.all[i].observer == watcher->second; });
            if (!saw) event.missed_by.push_back(watcher->second);
        }
    };
    if (message.what->method != 0) {
        missed_at(message.what->src_host);
        if (message.what->dst_host != message.what->src_host) missed_at(message.what->dst_host);
        std::sort(event.missed_by.begin(), event.missed_by.end());
    }
    return event;
}

std::vector<Gap> gaps_of(std::span<const Chunk> chunks, const Observations& observations,
                         const Transmissions& transmissions,
                         const std::vector<std::uint32_t>& order) {
    std::vector<std::size_t> place(transmissions.all.size());
    std::size_t next = 0;
    for (const auto node : order) {
        if (node < place.size()) place[node] = next++;
    }
    std::vector<Gap> gaps;
    for (const Missing& missing : find_gaps(observations, transmissions, order)) {
        const auto& seen =
            observations.all[transmissions.all[missing.shown_by].observations.front()];
        const Chunk& chunk = chunks[seen.chunk];
        Gap gap;
        gap.before = place[missing.shown_by];
        gap.method = missing.method <= std::size(method::names) ? method::names[missing.method - 1]
                                                                : method_of(chunk.c_seq);
        gap.number = std::to_string(seen.number);
        gap.src = missing.same_way ? chunk.src : chunk.dst;
        gap.dst = missing.same_way ? chunk.dst : chunk.src;
        gaps.push_back(std::move(gap));
    }
    return gaps;
}

}  // namespace

Flow order(std::span<const Chunk> chunks, std::span<const ClockPrior> priors) {
    if (chunks.empty()) return {};
    const Observations observations = observe(chunks);
    const std::vector<Id> hosts = find_hosts(observations);
    Measured measured = measure(observations, hosts, priors, {});
    const auto refuted = refute(observations, measured);
    if (std::find(refuted.begin(), refuted.end(), true) != refuted.end()) {
        measured = measure(observations, hosts, priors, refuted);
    }
    const auto& [readings, alignment, transmissions, causes] = measured;
    const auto& mappings = alignment.mappings;

    Contradictions contradictions(chunks, observations, transmissions);
    for (std::size_t i = 0; i < readings.refused.size(); ++i) {
        if (readings.refused[i]) contradictions.not_a_clock(observations.observers[i]);
    }
    for (std::size_t i = 1; i < readings.stretches.size(); ++i) {
        const std::uint32_t observer = readings.stretches[i].observer;
        if (readings.stretches[i - 1].observer != observer) continue;
        contradictions.was_set(observations.observers[observer],
                               mappings[i].offset - mappings[i - 1].offset);
    }

    std::vector<Micros> stamps;
    for (const Transmission& one : transmissions.all) stamps.push_back(one.at);
    auto edges = believable(causes, readings, transmissions, contradictions);
    for (const Edge& edge : break_cycles(stamps, edges)) contradictions.cycle(edge);

    // Manners are judged by times that causes have already corrected.
    const Manners manners = find_manners(observations, transmissions, run_back(stamps, edges));
    edges.insert(edges.end(), manners.edges.begin(), manners.edges.end());
    stamps.insert(stamps.end(), manners.gates.begin(), manners.gates.end());
    for (const Edge& edge : break_cycles(stamps, edges)) contradictions.cycle(edge);

    const auto times = run_back(stamps, edges);
    std::vector<Priority> priorities;
    for (std::size_t i = 0; i < times.size(); ++i) {
        Priority priority{times[i], stamps[i], 0, 0};
        if (i < transmissions.all.size()) {
            const Transmission& one = transmissions.all[i];
            priority.rank = protocol_rank(*transmissions.messages[one.message].what);
            priority.arrival = one.arrival;
        }
        priorities.push_back(priority);
    }

    Watchers watchers;
    for (std::uint32_t i = 0; i < hosts.size(); ++i) {
        if (hosts[i] != 0) watchers.emplace(hosts[i], i);
    }
    Flow flow;
    const auto order = sort(priorities, edges);
    for (const auto node : order) {
        if (node >= transmissions.all.size()) continue;  // a gate
        flow.events.push_back(event_of(observations, transmissions, watchers, node, times[node]));
    }
    flow.clocks = clocks_of(chunks, observations, readings, alignment, hosts, transmissions);
    flow.gaps = gaps_of(chunks, observations, transmissions, order);
    flow.contradictions = contradictions.take();
    return flow;
}

}  // namespace ci::dialog
