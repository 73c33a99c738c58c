// UTF-8 as Erlang's atoms and strings need it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ci::erlang {

/// The number of characters; empty: not UTF-8 (RFC 3629: shortest form, no surrogates).
[[nodiscard]] std::optional<std::size_t> count_utf8(std::string_view text) noexcept;

/// False, and nothing is appended, if there is no such character.
[[nodiscard]] bool append_utf8(std::uint64_t character, std::string& out);

}  // namespace ci::erlang
