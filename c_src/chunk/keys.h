// The names of a stored line's members (docs/formats.md). What a line is written with is what it is
// read with.
#pragma once

#include <string_view>

namespace ci::chunk::keys {

using Key = std::string_view;

inline constexpr Key call_id = "call-id";
inline constexpr Key timestamp = "timestamp";
inline constexpr Key ref_timestamp = "ref_timestamp";
inline constexpr Key label = "label";
inline constexpr Key raw = "raw";
inline constexpr Key crlfs = "crlfs";
inline constexpr Key src = "src";
inline constexpr Key dst = "dst";
inline constexpr Key parser = "parser";
inline constexpr Key c_seq = "c_seq";
inline constexpr Key observer = "observer";
inline constexpr Key capture_id = "capture_id";
inline constexpr Key correlation_id = "correlation_id";
inline constexpr Key log_position = "log_position";
inline constexpr Key hep = "hep";
inline constexpr Key transport = "transport";
inline constexpr Key payload = "payload";
inline constexpr Key flags = "flags";
inline constexpr Key links = "links";
inline constexpr Key event = "event";
inline constexpr Key direction = "direction";
inline constexpr Key ip_id = "ip_id";
inline constexpr Key ttl = "ttl";
inline constexpr Key mac = "mac";
inline constexpr Key seq = "seq";  ///< the store's number, the last member

}  // namespace ci::chunk::keys
