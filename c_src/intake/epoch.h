// Times that count from another epoch than Unix's.
#pragma once

#include <cstdlib>
#include <optional>

#include "wire/micros.h"

namespace ci::intake {

/// Corrects a time whose seconds count from 1900, NTP's epoch, as FreeSWITCH's on Windows do.
/// Empty: the time is not such a one. The corrected time must be within a day of the arrival; or,
/// when an old recording is replayed, the stamp is more than two years ahead of the arrival and the
/// corrected time is between the year 2000 and the arrival. A clock that is merely wrong fulfils
/// neither.
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
    // From 2036 on NTP's seconds exceed 32 bits (RFC 5905 6, era 1).
    const wire::Micros in_era_1 = meant + (wire::Micros{1} << 32U) * second;
    if (is_now(in_era_1)) return in_era_1;
    return std::nullopt;
}

}  // namespace ci::intake
