// Where a call's file lies: ROOT/aa/bb/rest, from the MD5 of the Call-ID in hex. Kazoo's Call
// Inspector uses the same paths, so existing logrotate files remain valid.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ci::store {

inline constexpr std::string_view compressed_suffix = ".zst";
inline constexpr std::string_view temporary_suffix = ".new";  ///< still being written

/// "aa/bb/" and 28 hex digits: the MD5 of the Call-ID as JSON shows it (chunk::to_utf8). For a
/// Call-ID that is UTF-8 this is Kazoo's path. A Call-ID that is not UTF-8 is found again when a
/// user copies it from an answer.
std::string relative_path(std::string_view call_id);
/// The path from the unchanged octets, as Kazoo computes it.
std::string path_of_octets(std::string_view octets);

/// "aa": two lower-case hex digits. A flush touches directories with such names only.
bool is_directory_name(std::string_view name) noexcept;

/// The other 28 digits, with or without the suffix of a compressed file.
bool is_file_name(std::string_view name) noexcept;

/// True for "aa/bb/rest" only, so the path cannot lead out of the root.
bool is_relative_path(std::string_view path) noexcept;

/// The name without the suffix of a compressed file.
std::string plain_name(std::string_view name);

}  // namespace ci::store
