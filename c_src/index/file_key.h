// How the database names the files of calls.
#pragma once

#include <string>
#include <string_view>

namespace ci::index {

/// The 16 octets of a call's file name: the MD5 of its Call-ID.
using FileKey = std::string;
/// "aa/bb/rest" to octets and back. Empty: not such a path.
[[nodiscard]] FileKey file_key(std::string_view relative);
[[nodiscard]] std::string relative_of(std::string_view file_key);

}  // namespace ci::index
