// Learns each observer's clock from all traffic: what order() is given as priors (clock.h).
//
// Two kinds of evidence. Every message has a stamp and an arrival: a clock against the collector's,
// rough, for the way between takes its time. Every message that two observers saw ties their clocks
// closely; over both directions the latency falls out, as with NTP.
//
// Bounded: so many observers, and so many pairs of them, the first that come. Pure: it asks no
// clock, so it may be fed from files as well. Not for several threads at once.
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

/// A value that drifts, followed: a line through what came of late (exponentially forgotten least
/// squares). One that is far off is left out; several that agree with each other are a jump, and
/// everything begins anew.
struct Track {
    wire::Micros origin = 0, base = 0;  ///< the numbers below are relative to these
    double weight = 0;                  ///< how many samples count, with what is forgotten
    double time = 0, value = 0;         ///< their means
    double time_spread = 0, slope = 0;  ///< sums of squares and of products about the means
    double deviation = 0;               ///< mean distance from the line, microseconds
    std::uint64_t count = 0;            ///< samples since the last jump
    wire::Micros since = 0;             ///< of the last jump, or the first sample
    wire::Micros last = 0;              ///< time of the newest sample
    std::uint32_t strangers = 0;        ///< samples in a row that are far off, and agree
    wire::Micros stranger_since = 0, stranger = 0;

    void add(wire::Micros at, wire::Micros sample);
    /// What another one saw of the same clock; of two that jumped, the one that jumped last counts.
    void merge(const Track& other);
    [[nodiscard]] wire::Micros at(wire::Micros when) const;
    [[nodiscard]] double drift() const;
    [[nodiscard]] wire::Micros spread() const;
};

class ClockTable {
  public:
    static constexpr std::size_t most_observers = 1'024;
    static constexpr std::size_t most_pairs = 4'096;

    /// A message with the observer's stamp. `arrival`: the collector's clock.
    void arrived(std::string_view observer, wire::Micros stamp, wire::Micros arrival);
    /// One transmission, stamped by two observers: by that of its sender and that of its receiver.
    /// Where it is not known who is which, either way does, as long as it is always the same for
    /// one direction.
    void seen_by_both(std::string_view sender, wire::Micros sent, std::string_view receiver,
                      wire::Micros received, wire::Micros arrival);

    void merge(const ClockTable& other);

    /// Sorted by observer: as order() wants them.
    [[nodiscard]] std::vector<order::ClockPrior> priors() const;

    /// All that was learnt, for keeping; a row for each observer (`to` is empty) and for each
    /// direction of a pair.
    struct Row {
        std::string from, to;
        Track track;
    };
    [[nodiscard]] std::vector<Row> rows() const;
    void restore(const Row& row);

    /// Evidence that was not taken, because there are too many observers or pairs.
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
