// Names of headers with credentials, and of parameters that are secret wherever they stand.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "sip/credentials_value.h"
#include "sip/letters.h"

namespace ci::sip {

struct HeaderName {
    Kind kind = Kind::credentials;
    std::size_t end = 0;  ///< behind the name
};

/// The header's name that begins at `at`, folded within or not.
[[nodiscard]] std::optional<HeaderName> header_name(const Letters& letters, std::size_t at);

/// Of a name that lost its beginning: "horization". Empty: it is the end of none.
[[nodiscard]] std::optional<Kind> kind_of_cut_name(std::string_view name) noexcept;

/// Behind the word that begins at `at` if it is `name`; else 0.
[[nodiscard]] std::size_t word_end(const Letters& letters, std::size_t at, std::string_view name);

/// What names are made of. Less than RFC 3261's `token`: quotes and asterisks divide names, too.
[[nodiscard]] bool is_word(char c) noexcept;

/// False, at the cost of a scan: `text` has no credentials but for what a lost beginning left.
[[nodiscard]] bool may_name_credentials(std::string_view text) noexcept;

}  // namespace ci::sip
