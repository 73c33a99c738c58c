// Where a header with credentials ends.
#pragma once

#include <cstddef>

#include "sip/credentials_value.h"
#include "sip/letters.h"

namespace ci::sip {

/// No quote ends the value.
inline constexpr unsigned any_quotes = ~0U;

struct Bounds {
    unsigned lines = 0;              ///< line ends deeper than this are part of something
    unsigned quotes = any_quotes;    ///< one of less depth ends the string that the header is in,
                                     ///< unless a parameter's value begins with it
    bool takes_stray_lines = false;  ///< what is no header belongs to the one before it
};

/// The end of the line that `at` is in and of those that go on with it, before `end`.
[[nodiscard]] Extent extent_of(const Letters& letters, std::size_t at, std::size_t end,
                               const Bounds& bounds);

/// Behind the name of one of Digest's parameters that begins at `at`; 0: none does.
[[nodiscard]] std::size_t parameter_end(const Letters& letters, std::size_t at);

/// Back over blanks and line ends.
[[nodiscard]] std::size_t before_blanks(const Letters& letters, std::size_t at, std::size_t begin);

}  // namespace ci::sip
