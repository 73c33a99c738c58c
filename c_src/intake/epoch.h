// Times that count from another year than Unix's do.
#pragma once

#include <cstdlib>
#include <optional>

#include "wire/micros.h"

namespace ci::intake {

/// What a sender meant whose seconds count from 1900, NTP's epoch, as those of FreeSWITCH on
/// Windows do. Empty: they do not. A clock that is merely wrong is not 70 years ahead to the day;
/// nor, where an old recording is replayed, does it tell a year in which nothing arrived yet.
[[nodiscard]] inline std::optional<wire::Micros> from_ntp_epoch(wire::Micros stamp,
                                                                wire::Micros arrival) noexcept {
    constexpr wire::Micros second = 1'000'000;
    constexpr wire::Micros day = 86'400 * second;
    constexpr wire::Micros sip_begins = 946'684'800 * second;  // the year 2000
    const wire::Micros meant = stamp - wire::ntp_epoch_seconds * second;
    const auto is_now = [&](wire::Micros time) { return std::abs(time - arrival) <= day; };
    const bool is_replayed =
        stamp > arrival + day * 730 && meant >= sip_begins && meant <= arrival + day;
    if (is_now(meant) || is_replayed) return meant;
    // From 2036 on NTP's seconds have no 32 bits (RFC 5905 6, era 1).
    const wire::Micros in_era_1 = meant + (wire::Micros{1} << 32U) * second;
    if (is_now(in_era_1)) return in_era_1;
    return std::nullopt;
}

}  // namespace ci::intake
