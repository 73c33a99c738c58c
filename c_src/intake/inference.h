// Addresses that a sender does not know are inferred from the SIP message: sofia-sip mirrors IPv6
// with both addresses "::", Kamailio writes 255.255.255.255, and old OpenSIPS writes the source as
// the destination, too.
#pragma once

#include "sip/message.h"
#include "wire/endpoint.h"

namespace ci::intake {

/// True for an address that no host can have.
[[nodiscard]] bool is_unknown(const wire::Address& address) noexcept;

/// True if an address is unknown, or if both addresses are equal and the ports differ, as in HEP 3
/// of OpenSIPS before May 2020 for IPv6.
[[nodiscard]] bool may_be_wrong(const wire::Endpoint& src, const wire::Endpoint& dst,
                                std::uint8_t hep_version) noexcept;

/// Replaces such addresses by those that the message gives; false if it gives none. Ports that were
/// sent stay.
bool infer_addresses(const sip::Message& message, wire::Endpoint& src, wire::Endpoint& dst);

}  // namespace ci::intake
