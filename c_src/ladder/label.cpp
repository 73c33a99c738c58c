#include "ladder/label.h"

#include <algorithm>

#include "sip/message.h"
#include "wire/utf8.h"
#include "wire/visible.h"

namespace ci::ladder {
namespace {

bool has_sdp(const chunk::Chunk& chunk) {
    const auto message = sip::parse(chunk.message);
    if (!message || message->body.empty()) return false;
    return message->body.starts_with("v=0") ||
           message->body.find("application/sdp") != std::string_view::npos;
}

}  // namespace

std::u32string printable(std::string_view text) {
    const std::string line = wire::visible_line(text);
    std::u32string out;
    for (std::string_view rest = line; !rest.empty();) {
        char32_t character = 0;
        wire::take_utf8(rest, character);
        out += character;
    }
    return out;
}

std::u32string cut(std::u32string text, std::size_t width) {
    if (text.size() <= width) return text;
    text.resize(width);
    if (width > 0) text.back() = U'…';
    return text;
}

void append_utf8(std::u32string_view text, std::string& out) {
    for (const char32_t code : text) wire::append_utf8(code, out);
}

std::u32string label(const chunk::Chunk& chunk) {
    if (!chunk.event.empty()) return printable(chunk.label);
    const std::string_view line = chunk.label;
    const auto space = std::min(line.find(' '), line.size());
    const bool response =
        line.size() >= 4 && (line.starts_with("SIP/") || line.starts_with("sip/"));
    std::string_view shown =
        response ? line.substr(std::min(space + 1, line.size())) : line.substr(0, space);
    shown =
        shown.substr(0, shown.find(" -- "));  // Kamailio: "100 trying -- your call is important"
    std::u32string text = printable(shown);
    if (text.empty()) text.push_back(U'?');
    if (has_sdp(chunk)) text += U" (SDP)";
    return text;
}

}  // namespace ci::ladder
