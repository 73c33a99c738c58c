// Classifies a payload that is not SIP by its first bytes.
#pragma once

#include <string_view>

#include "packets/counts.h"

namespace ci::packets {

/// Line ends, NULs, blanks, "jaK", or an empty payload.
[[nodiscard]] bool is_keepalive(std::string_view payload) noexcept;
/// An HTTP request or response; SSDP counts as HTTP.
[[nodiscard]] bool is_http(std::string_view payload) noexcept;

/// Fate::not_sip if the payload is not recognised.
[[nodiscard]] Fate fate_of(std::string_view payload) noexcept;

}  // namespace ci::packets
