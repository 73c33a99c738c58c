// Addresses that a sender did not know, read from the SIP message: sofia-sip mirrors IPv6 with both
// addresses "::", Kamailio writes 255.255.255.255, old OpenSIPS the source twice.
#pragma once

#include "sip/message.h"
#include "wire/endpoint.h"

namespace ci::intake {

/// No machine has this address.
[[nodiscard]] bool is_unknown(const wire::Address& address) noexcept;

/// One end is unknown, or both are the same though the ports differ, as HEP 3 of OpenSIPS before
/// May 2020 has it for IPv6.
[[nodiscard]] bool may_be_wrong(const wire::Endpoint& src, const wire::Endpoint& dst,
                                std::uint8_t hep_version) noexcept;

/// Fills in what may be wrong and the message tells; false if that is nothing. Ports that were sent
/// stay.
bool infer_addresses(const sip::Message& message, wire::Endpoint& src, wire::Endpoint& dst);

}  // namespace ci::intake
