// Words for what SIP says in numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ci::calls {

/// The display name, else the user, of a From or To; empty: neither.
[[nodiscard]] std::string party_text(std::string_view from_or_to);
/// "is busy", "does not know the number": of a host that refused.
[[nodiscard]] std::string refusal_words(std::uint16_t status);
/// "the callee is busy": what a status tells the caller.
[[nodiscard]] std::string meaning_words(std::uint16_t status);

}  // namespace ci::calls
