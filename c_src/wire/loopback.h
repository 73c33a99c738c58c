// Whether an address is of this machine alone.
#pragma once

#include "wire/endpoint.h"

namespace ci::wire {

/// 127.0.0.0/8, ::1.
[[nodiscard]] inline bool is_of_this_machine(const Address& address) noexcept {
    if (address.family == Family::ipv4) return address.bytes[0] == 127;
    return address == parse_address("::1");
}

}  // namespace ci::wire
