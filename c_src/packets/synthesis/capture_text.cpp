#include "packets/synthesis/capture_text.h"

#include <algorithm>

namespace ci::synthesis {
namespace {

// Little-endian; readers know it by the magic number.
void append_number(std::uint64_t value, std::size_t size, std::string& out) {
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(value >> 8 * i & 0xffU);
}
void append_half(std::uint64_t value, std::string& out) {
    append_number(value, 2, out);
}
void append_word(std::uint64_t value, std::string& out) {
    append_number(value, 4, out);
}

constexpr std::uint32_t ethernet = 1;
constexpr std::uint32_t snapshot = 262'144;
constexpr Nanos second = 1'000'000'000;

void pad(std::string& out) {
    out.resize((out.size() + 3) / 4 * 4);
}

enum Option : std::uint16_t { end = 0, comment = 1, name = 2, application = 4, resolution = 9 };

void append_option(Option code, std::string_view value, std::string& out) {
    constexpr std::size_t most = 65'532;  // its length has 16 bits
    value = value.substr(0, most);
    append_half(code, out);
    append_half(value.size(), out);
    out += value;
    pad(out);
}

void append_comment(std::string_view text, std::string& out) {
    if (!text.empty()) append_option(Option::comment, text, out);
}

}  // namespace

CaptureText::CaptureText(Format format, std::string_view comment) : format_(format) {
    if (format_ == Format::pcap) {
        append_word(0xa1b23c4d, text_);
        append_half(2, text_);
        append_half(4, text_);
        append_number(0, 8, text_);
        append_word(snapshot, text_);
        append_word(ethernet, text_);
        return;
    }
    constexpr std::uint32_t section_kind = 0x0a0d0d0a, interface_kind = 1;
    std::string section;
    append_word(0x1a2b3c4d, section);
    append_half(1, section);
    append_half(0, section);
    append_number(~std::uint64_t{0}, 8, section);  // its length is not told
    append_comment(comment, section);
    append_option(Option::application, "Call Inspector", section);
    append_option(Option::end, {}, section);
    add_block(section_kind, section);
    std::string interface;
    append_half(ethernet, interface);
    append_half(0, interface);
    append_word(snapshot, interface);
    append_option(Option::name, "call_inspector", interface);
    append_option(Option::resolution, "\x09", interface);
    append_option(Option::end, {}, interface);
    add_block(interface_kind, interface);
}

void CaptureText::add(const Frame& frame) {
    if (format_ == Format::pcap) return add_record(frame);
    constexpr std::uint32_t packet_kind = 6;
    const auto at = static_cast<std::uint64_t>(std::max<Nanos>(frame.at, 0));
    std::string body;
    append_word(0, body);
    append_word(at >> 32U, body);
    append_word(at, body);
    append_word(frame.bytes.size(), body);
    append_word(frame.bytes.size() + frame.missing, body);
    body += frame.bytes;
    pad(body);
    if (!frame.comment.empty()) {
        append_comment(frame.comment, body);
        append_option(Option::end, {}, body);
    }
    add_block(packet_kind, body);
}

void CaptureText::add_record(const Frame& frame) {
    constexpr Nanos last = 0xffff'ffffLL * second + second - 1;
    const Nanos at = std::clamp<Nanos>(frame.at, 0, last);
    append_word(static_cast<std::uint64_t>(at / second), text_);
    append_word(static_cast<std::uint64_t>(at % second), text_);
    append_word(frame.bytes.size(), text_);
    append_word(frame.bytes.size() + frame.missing, text_);
    text_ += frame.bytes;
}

void CaptureText::add_block(std::uint32_t kind, std::string_view body) {
    const std::size_t length = body.size() + 12;
    append_word(kind, text_);
    append_word(length, text_);
    text_ += body;
    append_word(length, text_);
}

}  // namespace ci::synthesis
