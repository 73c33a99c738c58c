// Secrets: those made here, which are 256 random bits, and passwords that people chose. Neither is
// kept, only what they give (docs/decisions/0010-web-login.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ci::web {

/// "ci_" and 64 hexadecimal digits. Throws std::runtime_error if the system has no random bits.
[[nodiscard]] std::string new_secret();
/// Whether it may have been made by new_secret(). Anything else is not even looked up, so that a
/// token that somebody made up is never one.
[[nodiscard]] bool is_secret(std::string_view text) noexcept;

/// 64 hexadecimal digits. Enough for random bits: nobody can try them out.
[[nodiscard]] std::string sha256(std::string_view text);

/// "15:8:1:SALT:HASH", in this order: log2 of the costs of RFC 7914 (N), r, p, salt, hash.
[[nodiscard]] std::string scrypt_of(std::string_view password);
/// Whether `kept` is a text of scrypt_of() whose costs are within bounds: it must neither be weak,
/// nor occupy more than 64 MiB.
[[nodiscard]] bool is_scrypt(std::string_view kept);
/// Takes about a tenth of a second.
[[nodiscard]] bool is_password(std::string_view password, std::string_view kept);

/// In a time that does not depend on where they differ.
[[nodiscard]] bool are_equal(std::string_view a, std::string_view b) noexcept;

}  // namespace ci::web
