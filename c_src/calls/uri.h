// URIs of SIP and telephone numbers, as From, To, Request-URI and P-Asserted-Identity have them
// (RFC 3261 19.1 and 20.10, RFC 3966).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ci::calls {

/// Views into the text that was parsed, as written.
struct Uri {
    std::string_view scheme;  ///< empty: the text had none
    /// Of `sip:` without password and parameters (RFC 3261 19.1.6); of `tel:` the number; of
    /// another scheme without `@` all that is behind the colon (`urn:service:sos`).
    std::string_view user;
    std::string_view host;  ///< without port and brackets; empty for `tel:`
};

/// `sip:alice:secret@example.com:5060;transport=tcp?Subject=a`, `tel:+49-30-123;phone-context=a`.
/// Total: any text gives a URI, of which parts may be empty.
[[nodiscard]] Uri parse_uri(std::string_view text) noexcept;

struct NameAddr {
    std::string_view name;  ///< the display name without its quotes, with its escapes
    Uri uri;
};

/// `"Alice" <sip:alice@example.com>;tag=1`, or `sip:alice@example.com;tag=1`, whose parameters
/// belong to the header (RFC 3261 20.10). Of a list the first. Total.
[[nodiscard]] NameAddr parse_name_addr(std::string_view value) noexcept;

/// Resolves `%HH` (RFC 3261 19.1.2). A `%` that begins no escape stays.
[[nodiscard]] std::string unescape(std::string_view text);
/// Resolves the backslashes of a quoted string (RFC 3261 25.1, quoted-pair).
[[nodiscard]] std::string unquote(std::string_view quoted);

/// A telephone number as its digits alone, without `+` and leading zeros: `+49 30 123`,
/// `0049-30-123` and `+49 (0)30 123` are 4930123, `(030) 123` is 30123. Separators are those of
/// RFC 3966 5.1.1 (`-`, `.`, brackets), blanks and slashes. A number of zeros alone keeps one.
/// Empty: not a number, such as alice, *98 or a number of more than `longest_number` digits.
[[nodiscard]] std::string number_of(std::string_view user);
inline constexpr std::size_t longest_number = 32;

/// How many digits of two numbers must agree, unless they are equal.
inline constexpr std::size_t least_common_end = 5;

/// True if the numbers are equal, or one is the other's end and has `least_common_end` digits.
/// Both as number_of() gives them; an empty text is no number.
[[nodiscard]] bool same_number(std::string_view a, std::string_view b) noexcept;

}  // namespace ci::calls
