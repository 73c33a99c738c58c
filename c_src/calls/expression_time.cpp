#include <array>

#include "calls/expression_fields.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::calls {
namespace {

using wire::Micros;
constexpr Micros a_second = 1'000'000;
constexpr Micros a_minute = 60 * a_second, an_hour = 60 * a_minute, a_day = 24 * an_hour;
/// More than a century is a mistype, and could overflow.
constexpr Micros longest_span = 36'525 * a_day;

/// Days from 1970-01-01 to a date of the Gregorian calendar: years are counted from March, so that
/// the leap day is the last of its year.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) noexcept {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = year / 400;  // years are not negative
    const std::int64_t of_era = year - era * 400;
    const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t all = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return era * 146'097 + all - 719'468;
}

bool is_date(std::int64_t year, std::int64_t month, std::int64_t day) noexcept {
    constexpr std::array<int, 12> days{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month < 1 || month > 12 || day < 1) return false;
    return day <= days.at(static_cast<std::size_t>(month - 1)) &&
           (month != 2 || day < 29 || is_leap);
}

/// Takes a number of exactly that many digits off the front.
bool take_number(std::string_view& text, std::size_t digits, std::int64_t& value) noexcept {
    if (text.size() < digits) return false;
    const auto read = sip::read_decimal<std::uint32_t>(text.substr(0, digits));
    if (!read) return false;
    value = *read;
    text.remove_prefix(digits);
    return true;
}

bool take_letter(std::string_view& text, std::string_view letters) noexcept {
    if (text.empty() || letters.find(text.front()) == wire::npos) return false;
    text.remove_prefix(1);
    return true;
}

/// "Z", "+01:00", "-0530"; nothing is UTC.
bool read_zone(std::string_view text, Micros& ahead) noexcept {
    ahead = 0;
    if (text.empty() || text == "Z" || text == "z") return true;
    const bool is_behind = text.front() == '-';
    if (!take_letter(text, "+-")) return false;
    std::int64_t hours = 0, minutes = 0;
    if (!take_number(text, 2, hours)) return false;
    if (!text.empty()) {
        (void)take_letter(text, ":");
        if (!take_number(text, 2, minutes)) return false;
    }
    if (!text.empty() || hours > 14 || minutes > 59) return false;
    ahead = hours * an_hour + minutes * a_minute;
    if (is_behind) ahead = -ahead;
    return true;
}

/// The fraction behind a second's dot, to microseconds.
bool take_fraction(std::string_view& text, Micros& fraction, Micros& unit) noexcept {
    std::size_t digits = 0;
    for (; digits < text.size() && sip::is_digit(text[digits]); ++digits) {
        if (digits >= 6) continue;
        unit /= 10;
        fraction += (text[digits] - '0') * unit;
    }
    text.remove_prefix(digits);
    return digits > 0;
}

bool read_date(std::string_view text, Value& value) noexcept {
    std::int64_t year = 0, month = 0, day = 0;
    const bool is_day = take_number(text, 4, year) && take_letter(text, "-") &&
                        take_number(text, 2, month) && take_letter(text, "-") &&
                        take_number(text, 2, day);
    if (!is_day || !is_date(year, month, day)) return false;
    Micros at = days_from_civil(year, month, day) * a_day, unit = a_day, ahead = 0;
    if (take_letter(text, "Tt ")) {
        std::int64_t hours = 0, minutes = 0, seconds = 0;
        if (!take_number(text, 2, hours) || !take_letter(text, ":") ||
            !take_number(text, 2, minutes) || hours > 23 || minutes > 59) {
            return false;
        }
        at += hours * an_hour + minutes * a_minute;
        unit = a_minute;
        if (take_letter(text, ":")) {
            if (!take_number(text, 2, seconds) || seconds > 60) return false;
            at += seconds * a_second;
            unit = a_second;
            if (take_letter(text, ".,") && !take_fraction(text, at, unit)) return false;
        }
    }
    if (!read_zone(text, ahead)) return false;
    value.low = at - ahead;
    value.high = value.low + unit - 1;
    return true;
}

struct Unit {
    std::string_view name;
    Micros length;
};
constexpr Unit units[] = {{"ms", 1'000}, {"s", a_second},  {"m", a_minute}, {"h", an_hour},
                          {"d", a_day},  {"w", 7 * a_day}, {"", a_second}};

}  // namespace

std::optional<Micros> read_span(std::string_view text) noexcept {
    const auto letters = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto name = text.substr(letters);
    text = text.substr(0, letters);
    const auto dot = std::min(text.find('.'), text.size());
    const auto whole = sip::read_decimal<std::uint32_t>(text.substr(0, dot));
    if (!whole) return std::nullopt;
    Micros millionths = 0, unit_of_fraction = a_second;
    auto fraction = text.substr(std::min(dot + 1, text.size()));
    if (dot < text.size() && !take_fraction(fraction, millionths, unit_of_fraction)) {
        return std::nullopt;
    }
    if (!fraction.empty()) return std::nullopt;
    for (const Unit& unit : units) {
        if (!sip::equal_without_case(unit.name, name)) continue;
        if (*whole > longest_span / unit.length) return std::nullopt;
        return *whole * unit.length + millionths * (unit.length / 1'000) / 1'000;
    }
    return std::nullopt;
}

bool read_time(std::string_view text, Micros now, Value& value) noexcept {
    if (read_date(text, value)) return true;
    if (text.empty() || sip::is_digit(text.back()) || text.back() == '.') return false;
    const auto ago = read_span(text);
    if (!ago) return false;
    value.low = value.high = now - *ago;
    return true;
}

}  // namespace ci::calls
