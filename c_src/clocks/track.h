// A value that drifts, such as the difference of two clocks, from samples that scatter.
#pragma once

#include <cstdint>

#include "wire/micros.h"

namespace ci::clocks {

/// A sample off by this much is not on the same line, or more if the samples scatter widely.
inline constexpr wire::Micros far_off = 50'000;
/// So many samples on another line show that a clock was set.
inline constexpr std::uint32_t samples_for_a_jump = 5;
inline constexpr double drift_limit = 400e-6;

/// Follows a value that drifts: a line through recent samples (exponentially forgotten least
/// squares). A sample far from the line is ignored. Several such samples in a row that agree with
/// each other are a jump, and the track starts anew.
struct Track {
    wire::Micros origin = 0, base = 0;  ///< the numbers below are relative to these
    double weight = 0;                  ///< sum of the samples' weights, which decay with age
    double time = 0, value = 0;         ///< their means
    double time_spread = 0, slope = 0;  ///< sums of squares and products about the means
    double deviation = 0;               ///< mean distance from the line, microseconds
    std::uint64_t count = 0;            ///< samples since the last jump
    wire::Micros since = 0;             ///< when the last jump was, or the first sample
    wire::Micros last = 0;              ///< time of the newest sample
    std::uint32_t strangers = 0;        ///< samples in a row that are far off and agree
    wire::Micros stranger_since = 0, stranger = 0;

    void add(wire::Micros at, wire::Micros sample);
    /// Forgets all samples but this one.
    void begin(wire::Micros at, wire::Micros sample);
    /// Adds another track of the same clock. If the two are far apart, the one that jumped last
    /// wins.
    void merge(const Track& other);
    /// Whether a jump was seen, before which there were other samples.
    [[nodiscard]] bool has_jumped() const { return since < origin; }
    [[nodiscard]] wire::Micros at(wire::Micros when) const;
    [[nodiscard]] double drift() const;
    [[nodiscard]] wire::Micros spread() const;
};

}  // namespace ci::clocks
