#include "dialog/sighting.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace ci::dialog {
namespace {

/// Doubles by one sender were recorded up to 1.2 ms apart; no timer of RFC 3261 sends again before
/// 500 ms.
constexpr wire::Micros double_within = 20'000;

/// What a host sends to itself its observer sees twice: sent and received. Half of T1.
constexpr wire::Micros itself_within = 250'000;

constexpr std::uint32_t ambiguous = UINT32_MAX;

/// Numbers the messages. Observations without Vias (from logs) join the message with Vias that
/// went over the same hop, if there is exactly one.
std::vector<std::uint32_t> number_messages(const Observations& observations) {
    Table<std::uint32_t> by_vias;
    Table<std::uint32_t> by_line;
    const auto line = [](const Observation& seen) {
        return Key{both(seen.src, seen.dst), both(seen.label, seen.method), seen.number};
    };
    std::vector<std::uint32_t> message(observations.all.size());
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < observations.all.size(); ++i) {
        const Observation& seen = observations.all[i];
        if (seen.vias == 0) continue;
        const Key key{both(seen.src_host, seen.dst_host), both(seen.label, seen.method),
                      seen.number, both(seen.vias, seen.to_tag)};
        const auto [found, is_new] = by_vias.emplace(key, count);
        message[i] = found->second;
        if (is_new) ++count;
        const auto [same_line, first] = by_line.emplace(line(seen), message[i]);
        if (!first && same_line->second != message[i]) same_line->second = ambiguous;
    }
    Table<std::uint32_t> by_line_alone;
    for (std::size_t i = 0; i < observations.all.size(); ++i) {
        const Observation& seen = observations.all[i];
        if (seen.vias != 0) continue;
        const Key key = line(seen);
        const auto with_vias = by_line.find(key);
        if (with_vias != by_line.end() && with_vias->second != ambiguous) {
            message[i] = with_vias->second;
            continue;
        }
        const auto [found, is_new] = by_line_alone.emplace(key, count);
        message[i] = found->second;
        if (is_new) ++count;
    }
    return message;
}

}  // namespace

Sightings gather(const Observations& observations, const Readings& readings) {
    const std::vector<std::uint32_t> message = number_messages(observations);
    Sightings result;
    auto& order = result.observations;
    order.resize(message.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto rank = [&](std::uint32_t i) {
        // Stretches are numbered observer by observer.
        return std::tuple(message[i], readings.stretch[i], readings.times[i], i);
    };
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });

    for (std::uint32_t at = 0; at < order.size(); ++at) {
        const std::uint32_t i = order[at];
        const Sighting next{
            message[i], observations.all[i].observer, readings.stretch[i], readings.times[i], at,
            at + 1};
        if (!result.all.empty()) {
            Sighting& last = result.all.back();
            const Observation& seen = observations.all[i];
            const auto within = seen.src_host == seen.dst_host ? itself_within : double_within;
            if (last.message == next.message && last.stretch == next.stretch &&
                next.time - last.time < within) {
                last.end = at + 1;
                continue;
            }
        }
        result.all.push_back(next);
    }
    return result;
}

}  // namespace ci::dialog
