// Keys and passwords that agents put into events: OpenSIPS reports the master key of every TLS
// connection that it traces.
#pragma once

#include <string>
#include <string_view>

namespace ci::intake {

inline constexpr std::string_view removed = "(removed)";

/// Appends `text` with the values of secrets replaced: what stands behind "master-key", "secret",
/// "password" and their like, in JSON, in JSON within JSON, and in plain text.
void append_without_secrets(std::string_view text, std::string& out);

/// Likewise for texts that name nothing: digits enough for a key are taken for one.
void append_without_keys(std::string_view text, std::string& out);

}  // namespace ci::intake
