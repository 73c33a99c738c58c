#include "wire/micros.h"

#include <charconv>
#include <limits>

namespace ci::wire {
namespace {

constexpr Micros per_second = 1'000'000;
constexpr std::size_t decimals = 6;

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) noexcept {
    for (const char c : text) {
        if (!is_digit(c)) return false;
    }
    return !text.empty();
}

}  // namespace

void append_gregorian(Micros unix_micros, std::string& out) {
    // Division before adding the epoch, so that no input can overflow.
    Micros seconds = unix_micros / per_second;
    Micros micros = unix_micros % per_second;
    if (micros < 0) {
        micros += per_second;
        --seconds;
    }
    seconds += gregorian_epoch_seconds;
    if (seconds < 0 && micros > 0) {  // -3 s + 0.25 s is written "-2.750000"
        ++seconds;
        micros = per_second - micros;
        if (seconds == 0) out.push_back('-');
    }
    char digits[24];
    const auto whole = std::to_chars(std::begin(digits), std::end(digits), seconds);
    out.append(digits, whole.ptr);
    out.push_back('.');
    for (Micros place = per_second / 10; place > 0; place /= 10) {
        out.push_back(static_cast<char>('0' + micros / place % 10));
    }
}

std::string to_gregorian(Micros unix_micros) {
    std::string text;
    append_gregorian(unix_micros, text);
    return text;
}

std::optional<Micros> parse_gregorian(std::string_view text) {
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    if (!all_digits(whole)) return std::nullopt;
    std::int64_t seconds = 0;
    const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
    if (read.ec != std::errc{}) return std::nullopt;

    Micros micros = 0;
    if (point != std::string_view::npos) {
        const auto fraction = text.substr(point + 1);
        if (!all_digits(fraction)) return std::nullopt;
        for (std::size_t i = 0; i < decimals; ++i) {
            micros = micros * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
        }
    }
    seconds -= gregorian_epoch_seconds;
    constexpr std::int64_t most = std::numeric_limits<Micros>::max() / per_second - 1;
    if (seconds > most) return std::nullopt;
    return seconds * per_second + micros;
}

}  // namespace ci::wire
