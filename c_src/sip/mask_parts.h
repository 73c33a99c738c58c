// The two halves of mask(). Both read cover.text().
#pragma once

#include <cstddef>
#include <string_view>

#include "sip/cover.h"

namespace ci::sip {

void cover_credentials(Cover& cover);
void cover_bodies(Cover& cover);

/// A session description from `begin` to `end`.
void cover_sdp(Cover& cover, std::size_t begin, std::size_t end);

/// The end of the name of a header with credentials that `text` begins with; 0: it begins with
/// none.
[[nodiscard]] std::size_t credentials_name(std::string_view text) noexcept;

}  // namespace ci::sip
