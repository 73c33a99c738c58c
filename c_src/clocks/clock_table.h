// Learns each observer's clock from all traffic, as priors for order() (clock.h), and how late its
// messages arrive (delivery.h).
//
// There are two kinds of evidence. Every message has a stamp and an arrival: this compares a clock
// with the collector's, but only from one side, because any message may arrive late (arrivals.h).
// Every message that two observers saw ties their clocks closely, however late it arrives: over
// both directions the latency cancels out, as in NTP. Of observers that are tied to each other, the
// one whose messages arrive most promptly dates all of them.
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

#include "clocks/arrivals.h"
#include "clocks/delivery.h"
#include "clocks/tied_clocks.h"
#include "clocks/track.h"
#include "order/observe/clock.h"
#include "wire/micros.h"

namespace ci::clocks {

class ClockTable {
  public:
    static constexpr std::size_t max_observers = 1'024;
    static constexpr std::size_t max_pairs = 4'096;

    /// Adds a message with the observer's stamp. `arrival`: by the collector's clock.
    void arrived(std::string_view observer, wire::Micros stamp, wire::Micros arrival);
    /// One observer's report of a message.
    struct Report {
        std::string_view observer;
        wire::Micros stamp = 0, arrival = 0;
    };
    /// Adds one transmission stamped by two observers, those of its sender and its receiver. If the
    /// roles are unknown, any assignment will do that is the same for all messages of one direction
    /// and the opposite for the other direction.
    void seen_by_both(const Report& sender, const Report& receiver);

    void merge(const ClockTable& other);

    /// Sorted by observer.
    [[nodiscard]] std::vector<KnownClock> known() const;
    /// The same without delivery, as order() expects them.
    [[nodiscard]] std::vector<order::ClockPrior> priors() const;

    /// All that was learnt, to be kept: a row for each observer (`to` is empty) and for each
    /// direction of a pair.
    struct Row {
        std::string from, to;
        Track track;
        Delays delays;  ///< of an observer
    };
    [[nodiscard]] std::vector<Row> rows() const;
    void restore(const Row& row);

    /// Samples that were dropped because there were too many observers or pairs.
    [[nodiscard]] std::uint64_t overflow() const { return overflow_; }

  private:
    using Pair = std::pair<std::string, std::string>;

    std::map<std::string, Arrivals, std::less<>> observers_;
    std::map<Pair, Difference, std::less<>> pairs_;
    std::uint64_t overflow_ = 0;
};

}  // namespace ci::clocks
