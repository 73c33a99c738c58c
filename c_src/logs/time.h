// Points in time as logs state them: often without a year, a date, or a zone.
#pragma once

#include <cstdint>
#include <functional>

#include "wire/micros.h"

namespace ci::logs {

inline constexpr wire::Micros one_second = 1'000'000;
inline constexpr wire::Micros one_minute = 60 * one_second;
inline constexpr wire::Micros one_hour = 60 * one_minute;
inline constexpr wire::Micros one_day = 24 * one_hour;

/// A date and a time of day, in a zone that is told beside it.
struct CivilTime {
    int year = 0;
    unsigned month = 0, day = 0;  ///< from 1
    wire::Micros of_day = 0;      ///< microseconds since midnight
    friend bool operator==(const CivilTime&, const CivilTime&) = default;
};

/// When a record was written, by the clock of the host that wrote it.
struct LogTime {
    wire::Micros at = 0;
    wire::Micros resolution = 1;  ///< 1'000'000: whole seconds; 1: microseconds
    bool zone_unsure = false;     ///< the log names no zone: the collector's was assumed
};

/// What a log does not say of its times.
struct Calendar {
    /// No line was written later: the file's modification time, or the time of reading. Decides
    /// the year of "Oct  4 20:58:22" and the date of a bare time of day.
    wire::Micros newest = 0;
    /// Unix time of a local time. Called for each new hour at most, not for each line.
    std::function<wire::Micros(const CivilTime&)> to_unix;
    bool zone_unsure = true;  ///< false: the operator has told the zone
};

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
[[nodiscard]] std::int64_t days_of(int year, unsigned month, unsigned day) noexcept;
/// The reverse; `of_day` is zero.
[[nodiscard]] CivilTime civil_of_days(std::int64_t days) noexcept;
/// Unix time of a time in UTC.
[[nodiscard]] wire::Micros utc(const CivilTime& time) noexcept;

}  // namespace ci::logs
