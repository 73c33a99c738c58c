// Removes keys and passwords that agents put into events. For example, OpenSIPS reports the master
// key of every TLS connection that it traces.
#pragma once

#include <string>
#include <string_view>

namespace ci::intake {

inline constexpr std::string_view removed = "(removed)";

/// Appends `text` with the values after "master-key", "secret", "password" and similar names
/// replaced, in JSON, in JSON within JSON, and in plain text.
void append_without_secrets(std::string_view text, std::string& out);

/// Likewise for texts without names: every run of hex digits long enough for a key is replaced.
void append_without_keys(std::string_view text, std::string& out);

}  // namespace ci::intake
