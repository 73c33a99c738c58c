#include "logs/day_clock.h"

#include <utility>

namespace ci::logs {

DayClock::DayClock(Calendar calendar, std::optional<std::int64_t> first_day)
    : calendar_(std::move(calendar)), first_day_(first_day) {}

void DayClock::set(Calendar calendar) {
    calendar_ = std::move(calendar);
    hour_ = -1;
}

LogTime DayClock::stamp(wire::Micros of_day) {
    if (!day_) {
        day_ = begin_ = first_day_ ? *first_day_ : newest_day(of_day);
        of_day_ = of_day;
    }
    const auto day = following(*day_, of_day_, of_day);
    // A line out of order from before midnight does not take the day back.
    if (day >= *day_) {
        day_ = day;
        of_day_ = of_day;
    }
    auto time = civil_of_days(day);
    time.of_day = of_day;
    return time_of(time);
}

LogTime DayClock::beside(wire::Micros of_day, const LogTime& prefix) {
    // Zones differ by multiples of 15 minutes.
    constexpr wire::Micros zone_step = 15 * one_minute;
    wire::Micros late = (prefix.at - of_day) % zone_step;
    if (late < 0) late += zone_step;
    if (late > zone_step / 2) late -= zone_step;
    return {prefix.at - late, 1, prefix.zone_unsure};
}

void DayClock::pass(const CivilTime& time) {
    const auto day = days_of(time.year, time.month, time.day);
    if (!day_) begin_ = day;
    day_ = day;
    of_day_ = time.of_day;
}

LogTime DayClock::time_of(const CivilTime& time) {
    const auto day = days_of(time.year, time.month, time.day);
    const auto hour = time.of_day / one_hour;
    if (hour != hour_ || day != hour_day_) {
        hour_day_ = day;
        hour_ = hour;
        auto begin = time;
        begin.of_day = hour * one_hour;
        hour_begin_ = to_unix(begin);
    }
    return {hour_begin_ + time.of_day % one_hour, 1, calendar_.zone_unsure};
}

std::int64_t DayClock::newest_day(wire::Micros of_day) const {
    // A zone is at most 14 hours ahead of UTC, and the writer's clock may be a little ahead.
    auto day = (calendar_.newest + one_day) / one_day;
    for (int i = 0; i < 3; ++i, --day) {
        auto time = civil_of_days(day);
        time.of_day = of_day;
        if (to_unix(time) <= calendar_.newest + one_minute) break;
    }
    return day;
}

std::int64_t DayClock::following(std::int64_t day, wire::Micros last, wire::Micros next) noexcept {
    const auto step = next - last;
    if (step < -12 * one_hour) return day + 1;
    // Out of order across midnight, not a silence of nearly 24 hours.
    if (step > one_day - one_minute) return day - 1;
    return day;
}

wire::Micros DayClock::to_unix(const CivilTime& time) const {
    return calendar_.to_unix ? calendar_.to_unix(time) : utc(time);
}

}  // namespace ci::logs
