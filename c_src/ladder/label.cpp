#include "ladder/label.h"

#include <algorithm>
#include <cstdint>

#include "sip/message.h"
#include "wire/utf8.h"

namespace ci::ladder {
namespace {

void append_hex(std::uint32_t value, int digits, std::u32string& out) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
        out += U"0123456789abcdef"[(value >> static_cast<unsigned>(shift)) & 0xFU];
    }
}

/// One code point off the front of `text`; a byte that begins none comes back as it is, with
/// `valid` false.
char32_t take_code_point(std::string_view& text, bool& valid) {
    const auto first = static_cast<std::uint8_t>(text.front());
    const std::size_t length = wire::utf8_length(text);
    valid = length != 0;
    char32_t code = length < 2 ? first : first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        code = (code << 6U) | (static_cast<std::uint8_t>(text[i]) & 0x3FU);
    }
    text.remove_prefix(valid ? length : 1);
    return code;
}

bool turns_or_hides(char32_t code) {
    return (code >= 0x80 && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0xFEFF;
}

bool has_sdp(const chunk::Chunk& chunk) {
    const auto message = sip::parse(chunk.message);
    if (!message || message->body.empty()) return false;
    return message->body.starts_with("v=0") ||
           message->body.find("application/sdp") != std::string_view::npos;
}

}  // namespace

std::u32string printable(std::string_view text) {
    std::u32string out;
    while (!text.empty()) {
        bool valid = false;
        const char32_t code = take_code_point(text, valid);
        if (!valid || code < 0x20 || code == 0x7F) {
            if (code == '\n' || code == '\r' || code == '\t') {
                out += U'\\';
                out += code == '\n' ? U'n' : code == '\r' ? U'r' : U't';
            } else {
                out += U"\\x";
                append_hex(code, 2, out);
            }
        } else if (turns_or_hides(code)) {
            out += U"\\u";
            append_hex(code, 4, out);
        } else {
            out += code;
        }
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
