// Reads JSON as OpenSIPS puts it into HEP: one object. Its strings may hold any bytes of the SIP
// message, and its end is missing if the sender cut it. A strict reader would refuse both.
//
// Grammar: RFC 8259. Bytes from 0x80 on are taken as they are. Nothing recurses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ci::hep {

/// One member as written, with its escapes.
struct JsonMember {
    std::string_view name;   ///< between its quotes
    std::string_view value;  ///< a string without its quotes; the whole text of any other value
    bool is_string = false;
    bool is_cut = false;  ///< the text ended within the value
};

/// Takes the next member off the front of an object's text. Empty: no member follows, or the rest
/// is not JSON. All members together cost O(n).
[[nodiscard]] std::optional<JsonMember> next_member(std::string_view& object) noexcept;

/// The first member of that name; names are compared with their escapes.
[[nodiscard]] std::optional<JsonMember> find_member(std::string_view object,
                                                    std::string_view name) noexcept;

/// Undoes the escapes. A cut or unknown escape is left out or stays as it is.
void append_unescaped(std::string_view escaped, std::string& out);

}  // namespace ci::hep
