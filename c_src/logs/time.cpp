#include "logs/time.h"

#include <chrono>

namespace ci::logs {

std::int64_t days_of(int year, unsigned month, unsigned day) noexcept {
    using namespace std::chrono;
    return sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day))
        .time_since_epoch()
        .count();
}

CivilTime civil_of_days(std::int64_t days) noexcept {
    using namespace std::chrono;
    const year_month_day date{sys_days{std::chrono::days{days}}};
    return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()), 0};
}

wire::Micros utc(const CivilTime& time) noexcept {
    return days_of(time.year, time.month, time.day) * one_day + time.of_day;
}

}  // namespace ci::logs
