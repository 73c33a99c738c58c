#include "dialog/order.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "dialog/alignment.h"
#include "dialog/causes.h"
#include "dialog/manners.h"
#include "dialog/observation.h"
#include "dialog/reading.h"
#include "dialog/sighting.h"
#include "dialog/topology.h"
#include "dialog/transmission.h"

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

std::string seconds(Micros duration) {
    const Micros millis = (duration + 500) / 1000;
    std::string text = std::to_string(millis % 1000);
    text.insert(0, 3 - text.size(), '0');
    return std::to_string(millis / 1000) + '.' + text + " s";
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

/// Leaves out the causes that stamps refute, and reports those that they only contradict.
std::vector<Edge> believable(const std::vector<Edge>& causes, const Transmissions& transmissions,
                             Contradictions& contradictions) {
    std::vector<Edge> kept;
    for (const Edge& edge : causes) {
        const Transmission& cause = transmissions.all[edge.cause];
        const Transmission& effect = transmissions.all[edge.effect];
        const Micros late = cause.at - effect.at;
        const bool refuted =
            late > not_the_cause && cause.firm == effect.firm && cause.arrival > effect.arrival;
        if (!refuted) kept.push_back(edge);
        if (late > worth_reporting) contradictions.late(edge, late, !refuted);
    }
    return kept;
}

/// Causes that nothing but arrivals ties to their effects, as far as there is no doubt which they
/// are: both were sent once.
std::vector<CausalTie> causal_ties(const Observations& observations, const Readings& readings,
                                   const Transmissions& transmissions) {
    std::vector<CausalTie> ties;
    const bool tied = std::all_of(
        transmissions.all.begin(), transmissions.all.end(),
        [&](const Transmission& one) { return one.group == transmissions.all.front().group; });
    if (tied) return ties;
    const auto once = [&](const Transmission& one) {
        return transmissions.messages[one.message].count == 1;
    };
    for (const Edge& edge : find_causes(observations, transmissions)) {
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

std::vector<Clock> clocks_of(const Observations& observations, const Readings& readings,
                             const std::vector<Mapping>& mappings,
                             const Transmissions& transmissions) {
    std::vector<Clock> clocks(observations.observers.size());
    std::vector<std::uint32_t> longest(clocks.size());
    const std::uint32_t common = common_clock(readings);
    for (std::uint32_t i = 0; i < readings.stretches.size(); ++i) {
        const Stretch& stretch = readings.stretches[i];
        Clock& clock = clocks[stretch.observer];
        clock.common = clock.common || (stretch.has_clock && i == common);
        if (stretch.observations <= longest[stretch.observer]) continue;
        longest[stretch.observer] = stretch.observations;
        clock.observer = observations.observers[stretch.observer];
        clock.has_clock = stretch.has_clock;
        clock.offset = stretch.has_clock ? mappings[i].offset : 0;
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

Event event_of(const Observations& observations, const Transmissions& transmissions,
               std::uint32_t node, Micros at) {
    const Transmission& transmission = transmissions.all[node];
    Event event;
    event.at = at;
    event.retransmission = node - transmissions.messages[transmission.message].first;
    for (const auto i : transmission.observations) {
        event.seen.push_back(observations.all[i].chunk);
    }
    event.chunk = event.seen.front();
    return event;
}

}  // namespace

Flow order(std::span<const Chunk> chunks) {
    if (chunks.empty()) return {};
    const Observations observations = observe(chunks);
    Readings readings = read_clocks(observations);
    Sightings sightings = gather(observations, readings);
    const auto hidden = find_hidden_settings(observations, readings, sightings);
    if (!hidden.empty()) {
        readings = set_at(observations, readings, hidden);
        sightings = gather(observations, readings);
    }
    Alignment alignment = align(observations, readings, sightings, {}, {});
    Transmissions transmissions = pair_up(observations, readings, sightings, alignment);
    const auto causal = causal_ties(observations, readings, transmissions);
    if (!causal.empty()) {
        alignment = align(observations, readings, sightings, {}, causal);
        transmissions = pair_up(observations, readings, sightings, alignment);
    }
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
    auto edges =
        believable(find_causes(observations, transmissions), transmissions, contradictions);
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

    Flow flow;
    for (const auto node : sort(priorities, edges)) {
        if (node >= transmissions.all.size()) continue;  // a gate
        flow.events.push_back(event_of(observations, transmissions, node, times[node]));
    }
    flow.clocks = clocks_of(observations, readings, mappings, transmissions);
    flow.contradictions = contradictions.take();
    return flow;
}

}  // namespace ci::dialog
