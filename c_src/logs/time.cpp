#include "logs/time.h"

namespace ci::logs {
namespace {

// Years are counted from March, so that the leap day is the last one of its year; 400 years have
// the same days each.
constexpr std::int64_t days_of_era = 146'097;
constexpr std::int64_t years_of_era = 400;
constexpr std::int64_t epoch = 719'468;  // days from 0000-03-01 to 1970-01-01

constexpr std::int64_t floor_of(std::int64_t value, std::int64_t divisor) noexcept {
    return (value >= 0 ? value : value - divisor + 1) / divisor;
}

}  // namespace

std::int64_t days_of(int year, unsigned month, unsigned day) noexcept {
    const std::int64_t from_march = month > 2 ? month - 3 : month + 9;
    const std::int64_t in_year = std::int64_t{year} - (month > 2 ? 0 : 1);
    const std::int64_t era = floor_of(in_year, years_of_era);
    const std::int64_t of_era = in_year - era * years_of_era;
    const std::int64_t of_year = (153 * from_march + 2) / 5 + day - 1;
    return era * days_of_era + of_era * 365 + of_era / 4 - of_era / 100 + of_year - epoch;
}

CivilTime civil_of_days(std::int64_t days) noexcept {
    const std::int64_t from_march = days + epoch;
    const std::int64_t era = floor_of(from_march, days_of_era);
    const std::int64_t day = from_march - era * days_of_era;
    const std::int64_t year = (day - day / 1'460 + day / 36'524 - day / 146'096) / 365;
    const std::int64_t of_year = day - (365 * year + year / 4 - year / 100);
    const std::int64_t month = (5 * of_year + 2) / 153;
    const bool is_next_year = month >= 10;
    return {static_cast<int>(era * years_of_era + year + (is_next_year ? 1 : 0)),
            static_cast<unsigned>(is_next_year ? month - 9 : month + 3),
            static_cast<unsigned>(of_year - (153 * month + 2) / 5 + 1), 0};
}

wire::Micros utc(const CivilTime& time) noexcept {
    return days_of(time.year, time.month, time.day) * one_day + time.of_day;
}

}  // namespace ci::logs
