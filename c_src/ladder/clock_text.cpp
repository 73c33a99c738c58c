#include "ladder/clock_text.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace ci::ladder {
namespace {

using wire::Micros;

constexpr Micros second = 1'000'000;
constexpr Micros day = 86'400 * second;

std::string padded(std::int64_t value, std::size_t width) {
    std::string text = std::to_string(value);
    if (text.size() < width) text.insert(0, width - text.size(), '0');
    return text;
}

Micros since_midnight(Micros unix_micros) {
    const Micros rest = unix_micros % day;
    return rest < 0 ? rest + day : rest;
}

std::string clock_face(Micros span) {
    return padded(span / (3600 * second), 2) + ':' + padded(span / (60 * second) % 60, 2) + ':' +
           padded(span / second % 60, 2) + '.' + padded(span / 1000 % 1000, 3);
}

std::string seconds(Micros span) {
    return std::to_string(span / second) + '.' + padded(span / 1000 % 1000, 3);
}

/// "3.200 s", "02:03:04.500", "613608 h".
std::string length_of(Micros span) {
    if (span < 60 * second) return seconds(span) + " s";
    if (span < 4 * day) return clock_face(span);
    return std::to_string((span + 1800 * second) / (3600 * second)) + " h";
}

/// "3.200 s behind", "613608 h ahead".
std::string apart(Micros ahead) {
    const Micros span = std::abs(ahead) + 500;
    if (span < 1000) return "in step";
    return length_of(span) + (ahead < 0 ? " behind" : " ahead");
}

}  // namespace

std::string date(Micros unix_micros) {
    // Days are counted from 1 March of year 0, so that the leap day is the last day of a year.
    // Months then begin at (153 * month + 2) / 5 days. 719468 days lie before the Unix epoch.
    const std::int64_t days = (unix_micros - since_midnight(unix_micros)) / day + 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;  // of 400 years
    const std::int64_t of_era = days - era * 146'097;
    const std::int64_t year_of_era =
        (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
    const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t from_march = (5 * of_year + 2) / 153;
    const std::int64_t of_month = of_year - (153 * from_march + 2) / 5 + 1;
    const std::int64_t month = from_march < 10 ? from_march + 3 : from_march - 9;
    const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    return padded(year, 4) + '-' + padded(month, 2) + '-' + padded(of_month, 2);
}

std::string time_of_day(Micros unix_micros) {
    return clock_face(since_midnight(unix_micros));
}

std::string distance(Micros later) {
    return (later < 0 ? '-' : '+') + seconds(std::abs(later));
}

std::string since_start(Micros later) {
    return (later < 0 ? "-" : "") + seconds(std::abs(later));
}

std::string short_span(Micros span) {
    const Micros positive = std::max<Micros>(span, 0);
    if (positive < second) return std::to_string((positive + 500) / 1000) + " ms";
    const Micros tenths = (positive + second / 20) / (second / 10);
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
}

std::string describe(const order::Clock& clock) {
    if (!clock.has_clock) return "no clock, order of arrival";
    if (clock.common) {
        const Micros ahead = clock.ahead_of_arrival.value_or(0);
        return "the common clock" + (ahead == 0 ? "" : ", " + apart(ahead) + " of the collector's");
    }
    std::string text = "clock " + apart(clock.offset);
    if (clock.shared == 0) return text + ", by arrival";
    return text + ", from " + std::to_string(clock.shared) + " common message" +
           (clock.shared == 1 ? "" : "s");
}

std::string describe(const order::Delivery& delivery) {
    using Kind = order::Delivery::Kind;
    const std::string usual = length_of(delivery.median + 500) + " late";
    const std::string worst = "up to " + length_of(delivery.worst + 500) + " late";
    switch (delivery.kind) {
        case Kind::prompt:
            break;
        case Kind::late:
            return "its reports came " + usual;
        case Kind::batched:
            return "its reports came in batches, " + worst;
        case Kind::uneven:
            return "its reports came unevenly, " + worst;
    }
    return {};
}

}  // namespace ci::ladder
