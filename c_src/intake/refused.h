// Why a packet is refused, or stored as unreadable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "hep/hep.h"
#include "sip/message.h"

namespace ci::intake {

/// Reasons besides those of the two decoders.
enum class Reason : std::uint8_t {
    sip_no_call_id,  ///< SIP without a Call-ID
    inflate_failed,  ///< a compressed payload that is broken or too large
    store_failed,    ///< the store could not take it; the log says why
    not_allowed,     ///< the sender's address is not allowed
    bad_auth_key,    ///< the expected key is missing or wrong
    capture_off,     ///< the operator switched capture off
    mirrored,        ///< a proxy's mirror copy, captured on the way to a collector
    bad_length       ///< captured SIP over a stream without a valid Content-Length
};
inline constexpr std::string_view reason_names[] = {
    "sip_no_call_id", "inflate_failed", "store_failed", "not_allowed",
    "bad_auth_key",   "capture_off",    "mirrored",     "bad_length"};

/// The reasons of both decoders and these, with one numbering.
class Refused {
  public:
    static constexpr std::size_t hep_count = std::size(hep::reason_names);
    static constexpr std::size_t sip_count = std::size(sip::reason_names);
    static constexpr std::size_t count = hep_count + sip_count + std::size(reason_names);

    Refused(hep::Reason reason) noexcept : index_(static_cast<std::size_t>(reason)) {}
    Refused(sip::Reason reason) noexcept : index_(hep_count + static_cast<std::size_t>(reason)) {}
    Refused(Reason reason) noexcept
        : index_(hep_count + sip_count + static_cast<std::size_t>(reason)) {}

    [[nodiscard]] std::size_t index() const noexcept { return index_; }
    static constexpr std::string_view name(std::size_t index) noexcept {
        if (index < hep_count) return hep::reason_names[index];
        if (index < hep_count + sip_count) return sip::reason_names[index - hep_count];
        return reason_names[index - hep_count - sip_count];
    }

  private:
    std::size_t index_;
};

}  // namespace ci::intake
