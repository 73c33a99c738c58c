// A time as senders write it: seconds and microseconds in separate fields.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>

#include "wire/micros.h"

namespace ci::hep {

/// Some senders add to the microseconds without carrying: 1,000,100 of them are 1 s and 100 µs.
/// Empty: not a time, or the seconds do not fit 32 bits.
[[nodiscard]] constexpr std::optional<wire::Micros> stamp(std::uint64_t seconds,
                                                          std::uint64_t micros) noexcept {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    if (seconds == 0 || seconds > most || micros > most) return std::nullopt;
    seconds += micros / 1'000'000;
    if (seconds > most) return std::nullopt;
    return static_cast<wire::Micros>(seconds * 1'000'000 + micros % 1'000'000);
}

/// The distance between a sender's time and the arrival, by the Unix or NTP epoch, whichever gives
/// the smaller distance.
[[nodiscard]] inline wire::Micros distance(wire::Micros stamp, wire::Micros arrival) noexcept {
    constexpr wire::Micros ntp = wire::ntp_epoch_seconds * 1'000'000;
    return std::min(std::abs(stamp - arrival), std::abs(stamp - ntp - arrival));
}

}  // namespace ci::hep
