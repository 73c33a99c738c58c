// The cookie: the secret that Erlang nodes prove to each other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "erlang/handshake.h"

namespace ci::node {

/// Reads a file as Erlang does: it must be a regular file that only its owner may read, with
/// printable ASCII; blanks and line feeds at its end do not count. Throws std::runtime_error with a
/// line for the operator.
[[nodiscard]] std::string read_cookie(const std::filesystem::path& file);

/// Why a text cannot be a cookie; empty: it can.
[[nodiscard]] std::string trouble_with(std::string_view cookie);

/// Some program or manual proposes it, so anybody would try it.
[[nodiscard]] bool is_well_known(std::string_view cookie) noexcept;

/// The MD5 of the cookie and the challenge in decimal.
[[nodiscard]] erlang::Digest digest_of(std::string_view cookie, std::uint32_t challenge);

/// In a time that does not depend on where they differ.
[[nodiscard]] bool is_equal(const erlang::Digest& a, const erlang::Digest& b) noexcept;

}  // namespace ci::node
