// Which program made a packet: each writes HEP in its own way, and tells so nowhere.
#pragma once

#include <cstdint>
#include <string_view>

#include "hep/hep.h"

namespace ci::hep {

enum class Maker : std::uint8_t { unknown, kamailio, freeswitch, opensips };
inline constexpr std::string_view maker_names[] = {"unknown", "kamailio", "freeswitch", "opensips"};

/// `capture` is the result of decode() for `packet`. Unknown: another program, or several write so.
/// O(1), but for the padding of HEP 1 and 2.
[[nodiscard]] Maker maker_of(wire::Bytes packet, const Capture& capture) noexcept;

}  // namespace ci::hep
