// The two halves of mask(). Both read cover.text().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sip/cover.h"

namespace ci::sip {

enum class Form : std::uint8_t {
    message,
    headless,  ///< a message that does not begin like one: its beginning may have been lost
    event      ///< not SIP: prose, JSON, HTTP ...
};

/// True: covering again finds nothing more.
bool cover_credentials(Cover& cover, Form form);
/// All behind a name that a line mentions.
void cover_summary(Cover& cover);

void cover_bodies(Cover& cover);

/// A session description from `begin` to `end`.
void cover_sdp(Cover& cover, std::size_t begin, std::size_t end);

}  // namespace ci::sip
