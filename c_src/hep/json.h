// JSON as OpenSIPS puts it into HEP: one object, its strings holding whatever bytes the SIP message
// held, its end missing where the sender cut it. A strict reader would refuse both.
//
// Grammar: RFC 8259. Bytes from 0x80 on are taken as they are; nothing recurses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ci::hep {

/// One member as it stands, nothing unescaped.
struct JsonMember {
    std::string_view name;   ///< between its quotes
    std::string_view value;  ///< a string's between its quotes, anything else's whole text
    bool is_string = false;
    bool is_cut = false;  ///< the text ended within the value
};

/// Takes the next member off the front of an object's text. Empty: none follows, or what follows is
/// not JSON. All members together cost O(n).
[[nodiscard]] std::optional<JsonMember> next_member(std::string_view& object) noexcept;

/// The first member of that name; names are compared as they stand.
[[nodiscard]] std::optional<JsonMember> find_member(std::string_view object,
                                                    std::string_view name) noexcept;

/// Undoes the escapes. One that is cut short or unknown is left out or stays as it is.
void append_unescaped(std::string_view escaped, std::string& out);

}  // namespace ci::hep
