// Where a call's file lies: ROOT/aa/bb/rest, from the md5 of the Call-ID in hex, as Kazoo's Call
// Inspector has it, so that logrotate files and habits stay good.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ci::store {

inline constexpr std::string_view compressed_suffix = ".zst";
inline constexpr std::string_view temporary_suffix = ".new";  ///< behind the others: being made

/// "aa/bb/" and 28 hex digits. The md5 is that of the Call-ID as JSON shows it (chunk::to_utf8):
/// the same as Kazoo's for every Call-ID that is UTF-8, and a Call-ID copied from an answer is
/// found again also when it is not.
std::string relative_path(std::string_view call_id);
/// The same of octets as they are: Kazoo's own.
std::string path_of_octets(std::string_view octets);

/// "aa": two lower-case hex digits. What flush may touch is named so, and nothing else.
bool is_directory_name(std::string_view name) noexcept;

/// The other 28 digits, with or without the suffix of a compressed file.
bool is_file_name(std::string_view name) noexcept;

/// "aa/bb/rest", and nothing that leads elsewhere.
bool is_relative_path(std::string_view path) noexcept;

/// Without that suffix.
std::string plain_name(std::string_view name);

}  // namespace ci::store
