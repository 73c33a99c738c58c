// What both halves of Row need: row.cpp takes messages, row_told.cpp tells what they make.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "wire/hash.h"

namespace ci::calls {

/// Rows outlive the program, so that the key of these hashes stays the same. They are no keys of
/// tables: of two texts that collide, one is not counted.
inline std::uint32_t stable_hash(std::string_view text) noexcept {
    constexpr wire::HashKey key{0x63616c6c732f726fULL, 0x7720686173686573ULL};
    return static_cast<std::uint32_t>(wire::sip_hash(text, key));
}

/// In the order of their bits, which are stored: new ones go to the end.
inline constexpr std::string_view known_methods[] = {
    "INVITE", "ACK",  "BYE",     "CANCEL", "OPTIONS", "REGISTER",  "PRACK",
    "UPDATE", "INFO", "MESSAGE", "REFER",  "NOTIFY",  "SUBSCRIBE", "PUBLISH"};

/// Requests that only exist within a dialog, or follow an INVITE.
inline bool is_of_a_dialog(std::string_view method) noexcept {
    constexpr std::string_view methods[] = {"ACK", "BYE", "CANCEL", "PRACK", "UPDATE", "INFO"};
    return std::find(std::begin(methods), std::end(methods), method) != std::end(methods);
}

}  // namespace ci::calls
