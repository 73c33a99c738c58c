// Covers the secret parts in the value of a header with credentials.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sip/cover.h"
#include "sip/letters.h"

namespace ci::sip {

enum class Kind : std::uint8_t {
    credentials,  ///< a scheme, then the proof of identity
    info,         ///< parameters without a scheme
    challenge,    ///< a scheme, then the challenge; of Digest's, only IMS's keys are secret
    token         ///< secret as a whole
};

/// The end of a value, and its depth in strings.
struct Extent {
    std::size_t end = 0;
    unsigned quotes = 0;  ///< the depth of the value's quotes
};

/// Covers the letters from `begin` to `end`. Blanks and line ends stay, escaped ones too.
void cover_letters(Cover& cover, const Letters& letters, std::size_t begin, std::size_t end);

/// True: the whole value follows the grammar, so that a second pass over the covered text reads it
/// in the same way.
bool cover_value(Cover& cover, const Letters& letters, Kind kind, std::size_t begin, Extent extent);

/// True: Digest's parameter of this name is not secret.
[[nodiscard]] bool is_harmless_parameter(std::string_view name) noexcept;

}  // namespace ci::sip
