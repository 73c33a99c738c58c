// Gives the times of day of sofia-sip's stamps their dates.
//
// The nearest date above a stamp counts. Without one, the day of the first stamp must be told, and
// from there midnights are counted: a step back of more than 12 hours. Smaller steps back are lines
// that FreeSWITCH's threads wrote out of order.
#pragma once

#include <cstdint>
#include <optional>

#include "logs/time.h"

namespace ci::logs {

class DayClock {
  public:
    /// `first_day`: of the first stamp, in days since 1970; empty: the calendar's newest.
    DayClock(Calendar calendar, std::optional<std::int64_t> first_day);
    void set(Calendar calendar);

    /// A stamp.
    [[nodiscard]] LogTime stamp(wire::Micros of_day);
    /// A stamp or a dated line behind a prefix of syslog. The prefix tells date and zone, but was
    /// written a little later and may have whole seconds only.
    [[nodiscard]] static LogTime beside(wire::Micros of_day, const LogTime& prefix);
    /// A line of FreeSWITCH's own.
    void pass(const CivilTime& time);
    [[nodiscard]] LogTime time_of(const CivilTime& time);

    /// Days from the first stamp to the last time.
    [[nodiscard]] std::int64_t midnights() const noexcept { return day_ ? *day_ - begin_ : 0; }
    [[nodiscard]] wire::Micros last_of_day() const noexcept { return of_day_; }
    [[nodiscard]] bool has_day() const noexcept { return day_.has_value(); }
    /// The day on which the time of day was last before the calendar's newest time.
    [[nodiscard]] std::int64_t newest_day(wire::Micros of_day) const;

    /// The day at `next` if the last known time is on `day` at `last`.
    [[nodiscard]] static std::int64_t following(std::int64_t day, wire::Micros last,
                                                wire::Micros next) noexcept;

  private:
    [[nodiscard]] wire::Micros to_unix(const CivilTime& time) const;

    Calendar calendar_;
    std::optional<std::int64_t> first_day_;
    std::optional<std::int64_t> day_;  ///< of the last time
    wire::Micros of_day_ = 0;          ///< the last time
    std::int64_t begin_ = 0;           ///< the first time's day
    // The last hour that was converted: its day, its number, its beginning.
    std::int64_t hour_day_ = 0;
    wire::Micros hour_ = -1;
    wire::Micros hour_begin_ = 0;
};

}  // namespace ci::logs
