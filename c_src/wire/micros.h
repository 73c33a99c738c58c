// Points in time in the whole program: integer microseconds since the Unix epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ci::wire {

/// Microseconds since 1970-01-01T00:00:00Z, or a difference of two such times. A double could not
/// replace the integer: near 6.4e10 seconds (Kazoo's Gregorian count) it resolves 7.6 microseconds.
using Micros = std::int64_t;

/// Erlang's calendar counts from year 0: seconds between 0000-01-01 and 1970-01-01 (calendar(3)).
inline constexpr std::int64_t gregorian_epoch_seconds = 62'167'219'200;

/// NTP counts from year 1900: seconds between 1900-01-01 and 1970-01-01 (RFC 5905 6).
inline constexpr std::int64_t ntp_epoch_seconds = 2'208'988'800;

/// Appends Gregorian seconds with six decimals to `out`: "63962450204.066658".
void append_gregorian(Micros unix_micros, std::string& out);
std::string to_gregorian(Micros unix_micros);

/// The reverse, for "63962450204", "63962450204.06", "63962450204.066658321" (cut to microseconds).
/// Empty: not such a number. Exact, unlike a double.
std::optional<Micros> parse_gregorian(std::string_view text);

}  // namespace ci::wire
