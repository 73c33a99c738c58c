// The value of a header with credentials, and what of it is covered.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sip/cover.h"
#include "sip/letters.h"

namespace ci::sip {

enum class Kind : std::uint8_t {
    credentials,  ///< a scheme, and what proves who one is
    info,         ///< parameters without a scheme
    challenge,    ///< a scheme, and what is asked; of Digest only IMS's keys are secret
    token         ///< secret as a whole
};

/// Where a value ends, and how deep in strings it is.
struct Extent {
    std::size_t end = 0;
    unsigned quotes = 0;  ///< the depth of its quotes
};

/// Letters `begin` to `end`. Blanks and line ends stay, escaped ones too.
void cover_letters(Cover& cover, const Letters& letters, std::size_t begin, std::size_t end);

/// True: all of it was understood, and is read again in the same way when it is covered.
bool cover_value(Cover& cover, const Letters& letters, Kind kind, std::size_t begin, Extent extent);

/// True: a parameter of Digest that may be read has this name.
[[nodiscard]] bool is_harmless_parameter(std::string_view name) noexcept;

}  // namespace ci::sip
