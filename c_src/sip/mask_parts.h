// The two halves of mask(), for credentials and for bodies. Both read cover.text().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sip/cover.h"

namespace ci::sip {

enum class Form : std::uint8_t {
    message,
    headless,  ///< does not begin like a message: the beginning may have been lost
    event      ///< not SIP: prose, JSON, HTTP ...
};

/// True: another pass would find nothing more.
bool cover_credentials(Cover& cover, Form form);
/// Covers everything behind the first private name in a line.
void cover_summary(Cover& cover);

void cover_bodies(Cover& cover);

/// Covers the session description from `begin` to `end`.
void cover_sdp(Cover& cover, std::size_t begin, std::size_t end);

}  // namespace ci::sip
