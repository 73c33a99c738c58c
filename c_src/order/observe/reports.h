// Each observer's reports in the order of arrival: what its stamps tell, and how they compare with
// its arrivals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "order/observe/limits.h"
#include "order/observe/observation.h"
#include "wire/micros.h"

namespace ci::order {

/// Times that run evenly differ by no more than this, apart from drift: stamps and datagrams are
/// late now and then.
inline constexpr wire::Micros evenly = 60'000;

/// Which times of an observer.
enum Kind : std::size_t { by_arrival, by_stamp };

class Reports {
  public:
    explicit Reports(const Observations& observations);

    /// Indexes of the observer's observations.
    [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t observer) const {
        return own_[observer];
    }
    [[nodiscard]] std::uint32_t observers() const {
        return static_cast<std::uint32_t>(own_.size());
    }
    [[nodiscard]] const Observation& seen(std::uint32_t i) const { return observations_.all[i]; }
    [[nodiscard]] wire::Micros arrival(std::uint32_t i) const { return seen(i).arrival; }
    /// Empty if the observer's stamps are not a clock's.
    [[nodiscard]] std::optional<wire::Micros> stamp(std::uint32_t i) const {
        return is_clock_[seen(i).observer] ? seen(i).stamp : std::nullopt;
    }
    [[nodiscard]] std::optional<wire::Micros> time(std::uint32_t i, Kind kind) const {
        return kind == by_arrival ? arrival(i) : stamp(i);
    }
    /// One direction over its hop, or the other.
    [[nodiscard]] bool is_up(std::uint32_t i) const {
        return pack(seen(i).src_host, seen(i).src) < pack(seen(i).dst_host, seen(i).dst);
    }

    /// Whole seconds and copied arrivals tell too little, and the time of a clock does not jump.
    [[nodiscard]] bool is_clock(std::uint32_t observer) const { return is_clock_[observer]; }
    /// It has a clock, and arrivals do not run evenly with it: the link is late at times, or the
    /// clock was set.
    [[nodiscard]] bool is_uneven(std::uint32_t observer) const {
        return is_clock_[observer] && longest_[observer] - least_[observer] >=
                                          late_link + stamped_[observer] / drift_divisor;
    }
    /// Its clock and its arrivals run evenly with each other, for long enough that this is not
    /// chance: neither was set nor late by turns.
    [[nodiscard]] bool is_even(std::uint32_t observer) const {
        return is_clock_[observer] && !is_uneven(observer) && stamped_[observer] > late_link;
    }
    /// By how much the promptest arrival is later than its stamp.
    [[nodiscard]] wire::Micros least_delay(std::uint32_t observer) const {
        return least_[observer];
    }
    /// A log: its stamps are in order, but arrivals come in batches.
    [[nodiscard]] bool is_batched(std::uint32_t observer) const;
    /// Some reports came at once and showed a clock that is right. It is likelier that the link of
    /// the others was late than that a right clock was set wrong.
    [[nodiscard]] bool is_right_but_late(std::uint32_t observer) const {
        return is_right_but_late_[observer];
    }

  private:
    [[nodiscard]] bool find_right_but_late(std::uint32_t observer) const;

    const Observations& observations_;
    // By observer.
    std::vector<std::vector<std::uint32_t>> own_;
    std::vector<bool> is_clock_, is_right_but_late_;
    std::vector<wire::Micros> least_, longest_;  ///< arrival minus stamp
    std::vector<wire::Micros> stamped_;          ///< from the least stamp to the greatest
};

}  // namespace ci::order
