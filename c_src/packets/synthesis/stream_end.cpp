#include "packets/synthesis/stream_end.h"

#include <algorithm>

#include "sip/message.h"
#include "sip/text.h"

namespace ci::synthesis {

std::size_t missing_on_stream(std::string_view octets, std::size_t most) {
    const auto message = sip::parse(octets);
    constexpr std::string_view end_of_head = "\r\n\r\n";
    const std::size_t end = octets.find(end_of_head);
    if (!message || end == std::string_view::npos) return 1;
    const std::size_t body = octets.size() - end - end_of_head.size();
    const std::string_view text = sip::find_header(*message, "Content-Length", 'l');
    if (text.empty() && body == 0) return 0;
    const auto length = sip::read_decimal<std::size_t>(text);
    if (!length || *length < body) return 1;
    return std::min(*length - body, most);
}

}  // namespace ci::synthesis
