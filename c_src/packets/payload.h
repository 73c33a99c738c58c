// What a payload is that is no SIP, as far as its first bytes tell.
#pragma once

#include <string_view>

#include "packets/counts.h"

namespace ci::packets {

/// Line ends, NULs, blanks, "jaK"; or nothing.
[[nodiscard]] bool is_keepalive(std::string_view payload) noexcept;
/// A request or an answer; SSDP is such, too.
[[nodiscard]] bool is_http(std::string_view payload) noexcept;

/// Fate::not_sip where nothing is certain.
[[nodiscard]] Fate fate_of(std::string_view payload) noexcept;

}  // namespace ci::packets
