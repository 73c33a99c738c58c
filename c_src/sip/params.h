// Parameters of a header value: `;name=value`, `;name`, `;name="quoted \" value"`.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ci::sip {

/// The first `wanted` outside of quoted strings; npos: none. An unclosed quote counts as an
/// ordinary character, because one broken display name must not hide the rest.
[[nodiscard]] std::size_t find_unquoted(std::string_view text, char wanted) noexcept;

struct Param {
    std::string_view name, value;  ///< trimmed; a quoted value with its quotes
};

/// Takes the next parameter off `params`, which begins behind a semicolon. Empty at the end.
[[nodiscard]] std::optional<Param> next_param(std::string_view& params) noexcept;

}  // namespace ci::sip
