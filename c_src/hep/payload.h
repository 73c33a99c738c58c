// Guesses by a payload's first bytes, used to decide which of two places holds the message.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace ci::hep {

[[nodiscard]] constexpr std::string_view skip_blanks(std::string_view bytes) noexcept {
    const auto begin = bytes.find_first_not_of("\r\n \t");
    return begin == std::string_view::npos ? std::string_view{} : bytes.substr(begin);
}

/// The beginnings of SIP messages. Any capital word would not do: two bytes into "INVITE sip:..."
/// there is one as well.
inline constexpr std::array<std::string_view, 15> sip_beginnings{
    "SIP/2.0 ", "INVITE ", "ACK ",       "BYE ",    "CANCEL ",  "OPTIONS ", "REGISTER ", "PRACK ",
    "UPDATE ",  "INFO ",   "SUBSCRIBE ", "NOTIFY ", "PUBLISH ", "MESSAGE ", "REFER "};

[[nodiscard]] constexpr bool begins_with_sip(std::string_view bytes) noexcept {
    if (bytes.empty() || bytes[0] < 'A' || bytes[0] > 'Z') return false;
    return std::any_of(sip_beginnings.begin(), sip_beginnings.end(),
                       [bytes](std::string_view begin) { return bytes.starts_with(begin); });
}

[[nodiscard]] constexpr bool begins_with_json(std::string_view bytes) noexcept {
    return bytes.starts_with('{');
}

}  // namespace ci::hep
