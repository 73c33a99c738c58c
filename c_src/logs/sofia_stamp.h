// The line that sofia-sip writes above each message (tport_stamp in its tport_logging.c):
// "recv 307 bytes from udp/[192.0.2.7]:5080 at 02:28:29.904164:".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/endpoint.h"
#include "wire/micros.h"

namespace ci::logs {

struct SofiaStamp {
    bool is_sent = false;
    std::uint64_t bytes = 0;       ///< of the message; the largest number if it does not fit
    std::uint8_t ip_protocol = 0;  ///< as in Record
    wire::Endpoint remote;         ///< the local end is not told
    wire::Micros of_day = 0;
};

/// The whole line is a stamp. Empty: it is not.
[[nodiscard]] std::optional<SofiaStamp> read_sofia_stamp(std::string_view line);
/// Where in the line a stamp begins that goes on to its end; npos: nowhere.
[[nodiscard]] std::size_t find_sofia_stamp(std::string_view line);
/// The line of dashes that follows a stamp and, before May 2019, ends a message.
[[nodiscard]] bool is_dashes(std::string_view line) noexcept;

}  // namespace ci::logs
