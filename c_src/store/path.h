// Where a call's file lies: ROOT/aa/bb/rest, from the md5 of the Call-ID in hex, as Kazoo's Call
// Inspector has it, so that logrotate files and habits stay good.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ci::store {

/// "aa/bb/" and 28 hex digits. The md5 is that of the Call-ID as JSON shows it (chunk::to_utf8):
/// the same as Kazoo's for every Call-ID that is UTF-8, and a Call-ID copied from an answer is
/// found again also when it is not.
std::string relative_path(std::string_view call_id);

/// True for a name of that many lower-case hex digits: what flush may touch, and nothing else.
bool is_hex_name(std::string_view name, std::size_t length) noexcept;

}  // namespace ci::store
