// Finds the end of a header with credentials.
#pragma once

#include <cstddef>

#include "sip/credentials_value.h"
#include "sip/letters.h"

namespace ci::sip {

/// No quote ends the value.
inline constexpr unsigned any_quotes = ~0U;

struct Bounds {
    unsigned lines = 0;              ///< a line end deeper than this does not end the header
    unsigned quotes = any_quotes;    ///< a quote of less depth ends the string around the header,
                                     ///< unless the quote opens a parameter's value
    bool takes_stray_lines = false;  ///< a line that is not a header belongs to the header before
};

/// The end, at most `end`, of the line that holds `at` and of the lines that continue it.
[[nodiscard]] Extent extent_of(const Letters& letters, std::size_t at, std::size_t end,
                               const Bounds& bounds);

/// The place behind the name of a Digest parameter that begins at `at`; 0: none begins there.
[[nodiscard]] std::size_t parameter_end(const Letters& letters, std::size_t at);

/// Goes back from `at` over blanks and line ends, down to `begin` at most.
[[nodiscard]] std::size_t before_blanks(const Letters& letters, std::size_t at, std::size_t begin);

}  // namespace ci::sip
