// The first line of a message (RFC 3261 7.1, 7.2).
//
//   METHOD SP URI SP SIP/2.0        a request; any method, several blanks, any case of "sip"
//   SIP/2.0 SP 200 [SP REASON]      a response; the reason may be empty
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ci::sip {

struct StartLine {
    bool is_request = false;
    std::string_view method, uri;  ///< of a request
    std::uint16_t status = 0;      ///< of a response, 100 to 699
};

[[nodiscard]] std::optional<StartLine> read_start_line(std::string_view line) noexcept;

}  // namespace ci::sip
