#include <array>
#include <cstdio>

#include "doctor/judges.h"

namespace ci::doctor {
namespace {

/// "3.2", "10", "8".
std::string rounded(double number) {
    constexpr double enough_digits = 9.95;
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), number < enough_digits ? "%.1f" : "%.0f", number);
    std::string result = text.data();
    if (result.ends_with(".0")) result.resize(result.size() - 2);
    return result;
}

}  // namespace

std::string span_text(wire::Micros span) {
    constexpr double second = 1e6, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
    const auto length = static_cast<double>(span < 0 ? -span : span);
    if (length < second) return rounded(length / 1'000) + " ms";
    if (length < 2 * minute) return rounded(length / second) + " s";
    if (length < 2 * hour) return rounded(length / minute) + " min";
    if (length < 2 * day) return rounded(length / hour) + " h";
    return rounded(length / day) + " days";
}

std::string size_text(std::uint64_t bytes) {
    constexpr const char* units[] = {" bytes", " KiB", " MiB", " GiB", " TiB"};
    constexpr double step = 1'024;
    if (bytes < 1'024) return std::to_string(bytes) + units[0];
    auto size = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; size >= step && unit + 1 < std::size(units); ++unit) size /= step;
    return rounded(size) + units[unit];
}

std::string share_text(std::uint64_t some, std::uint64_t all) {
    const std::string last = "its last " + std::to_string(all) + " messages";
    if (some == all) return "all of " + last;
    return std::to_string(some) + " of " + last;
}

}  // namespace ci::doctor
