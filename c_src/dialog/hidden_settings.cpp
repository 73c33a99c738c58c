#include "dialog/hidden_settings.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <span>
#include <utility>

#include "dialog/common.h"

namespace ci::dialog {
namespace {

using wire::Micros;

/// A jump that is more than disorder, and more than a clock drifts in the time between.
constexpr Micros hidden_setting = 100'000;
constexpr Micros drift_divisor = 3'000;

/// A clock was set with one of the observations after `from`, up to `to`.
struct Setting {
    std::uint32_t from, to;
    bool forward;
};

/// Jumps of what two stretches make of the same messages, in the order of the log. Each direction
/// by itself, or latency would look like a jump.
void find_jumps(std::span<const Common> pair, bool by_second, const Readings& readings,
                std::vector<Setting>& settings) {
    for (const bool up : {false, true}) {
        std::vector<std::pair<std::uint32_t, Micros>> ties;
        for (const Common& one : pair) {
            if (one.up != up) continue;
            ties.emplace_back(by_second ? one.second_seen : one.first_seen,
                              by_second ? one.difference() : -one.difference());
        }
        std::sort(ties.begin(), ties.end());
        for (std::size_t k = 1; k < ties.size(); ++k) {
            const auto [before_seen, before] = ties[k - 1];
            const auto [after_seen, after] = ties[k];
            const std::uint32_t from = before_seen;
            const std::uint32_t to = after_seen;
            const Micros gap = std::abs(readings.times[to] - readings.times[from]);
            if (std::abs(after - before) <= hidden_setting + gap / drift_divisor) continue;
            const bool forward = after > before;
            const auto same = std::find_if(settings.begin(), settings.end(), [=](auto& known) {
                return known.forward == forward && known.from < to && from < known.to;
            });
            if (same == settings.end()) {
                settings.push_back({from, to, forward});
            } else {
                same->from = std::max(same->from, from);
                same->to = std::min(same->to, to);
            }
        }
    }
}

/// Where in between its stamps jump most that way.
std::uint32_t place(const Setting& setting, const Readings& readings) {
    std::uint32_t at = setting.to;
    std::uint32_t before = setting.from;
    Micros most = std::numeric_limits<Micros>::min();
    for (std::uint32_t i = setting.from + 1; i <= setting.to; ++i) {
        if (readings.stretch[i] != readings.stretch[setting.to]) continue;
        const Micros jump =
            (readings.times[i] - readings.times[before]) * (setting.forward ? 1 : -1);
        if (jump > most) {
            most = jump;
            at = i;
        }
        before = i;
    }
    return at;
}

}  // namespace

std::vector<std::uint32_t> find_hidden_settings(const Observations& observations,
                                                const Readings& readings,
                                                const Sightings& sightings) {
    const auto common = find_common(observations, readings, sightings);
    const auto is_log = [&](std::uint32_t i) {
        return readings.stretches[i].has_clock && readings.stretches[i].bunched;
    };
    const auto is_measure = [&](std::uint32_t i) {
        return readings.stretches[i].has_clock || !readings.stretches[i].bunched;
    };
    std::vector<std::uint32_t> found;
    for_each_pair(common, [&](std::span<const Common> pair) {
        const auto [first, second] = std::pair(pair.front().first, pair.front().second);
        std::vector<Setting> settings;
        if (is_log(second) && is_measure(first)) {
            find_jumps(pair, true, readings, settings);
        } else if (is_log(first) && is_measure(second)) {
            find_jumps(pair, false, readings, settings);
        }
        for (const Setting& setting : settings) found.push_back(place(setting, readings));
    });
    constexpr std::size_t settings_limit = 5;
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    if (found.size() > settings_limit) found.clear();
    return found;
}

}  // namespace ci::dialog
