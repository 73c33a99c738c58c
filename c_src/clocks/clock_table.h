// Learns each observer's clock from all traffic, as priors for order() (clock.h).
//
// There are two kinds of evidence. Every message has a stamp and an arrival: this compares a clock
// with the collector's, but roughly, because of the delay between. Every message that two observers
// saw ties their clocks closely: over both directions the latency cancels out, as in NTP.
//
// Bounded: the first `max_observers` observers and the first `max_pairs` pairs are followed,
// others are not. Pure: it reads no clock, so recordings can be fed as well. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "order/observe/clock.h"
#include "wire/micros.h"

namespace ci::clocks {

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
    /// Adds another track of the same clock. If the two are far apart, the one that jumped last
    /// wins.
    void merge(const Track& other);
    [[nodiscard]] wire::Micros at(wire::Micros when) const;
    [[nodiscard]] double drift() const;
    [[nodiscard]] wire::Micros spread() const;
};

class ClockTable {
  public:
    static constexpr std::size_t max_observers = 1'024;
    static constexpr std::size_t max_pairs = 4'096;

    /// Adds a message with the observer's stamp. `arrival`: by the collector's clock.
    void arrived(std::string_view observer, wire::Micros stamp, wire::Micros arrival);
    /// Adds one transmission stamped by two observers, those of its sender and its receiver. If the
    /// roles are unknown, any assignment will do that is the same for all messages of one direction
    /// and the opposite for the other direction.
    void seen_by_both(std::string_view sender, wire::Micros sent, std::string_view receiver,
                      wire::Micros received, wire::Micros arrival);

    void merge(const ClockTable& other);

    /// Sorted by observer, as order() expects them.
    [[nodiscard]] std::vector<order::ClockPrior> priors() const;

    /// All that was learnt, to be kept: a row for each observer (`to` is empty) and for each
    /// direction of a pair.
    struct Row {
        std::string from, to;
        Track track;
    };
    [[nodiscard]] std::vector<Row> rows() const;
    void restore(const Row& row);

    /// Samples that were dropped because there were too many observers or pairs.
    [[nodiscard]] std::uint64_t overflow() const { return overflow_; }

  private:
    using Pair = std::pair<std::string, std::string>;

    template <class Key>
    Track* track(std::map<Key, Track, std::less<>>& tracks, const Key& key, std::size_t most);

    std::map<std::string, Track, std::less<>> observers_;  ///< stamp minus arrival
    std::map<Pair, Track, std::less<>> pairs_;             ///< received minus sent
    std::uint64_t overflow_ = 0;
};

}  // namespace ci::clocks
