// What differs in any two calls, however alike they are: identifiers, credentials, lengths, ports
// of media. Comparing two calls leaves it out.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ci::calls {

/// The value with `*` in place of what always differs; "*": only that the header is there counts.
/// `name` in lower case and not compact. `call_id_headers` are headers that name another leg.
[[nodiscard]] std::string constant_part_of_header(std::string_view name, std::string_view value,
                                                  std::span<const std::string> call_id_headers);

/// Likewise a line of a session description. A port 0 stays, as it refuses the stream (RFC 3264 6).
[[nodiscard]] std::string constant_part_of_sdp(std::string_view line);

}  // namespace ci::calls
