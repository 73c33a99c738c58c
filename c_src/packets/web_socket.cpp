#include "packets/web_socket.h"

#include <algorithm>
#include <array>

#include "packets/octets.h"
#include "packets/sip_stream.h"
#include "sip/message.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::packets {
namespace {

using wire::npos;
constexpr unsigned op_continued = 0, op_text = 1, op_binary = 2, op_close = 8, op_pong = 10;

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8U | octet(bytes, i);
    return value;
}

void append_unmasked(std::string_view payload, const FrameHead& head, std::string& out) {
    const std::size_t begin = out.size();
    out += payload;
    if (!head.is_masked) return;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        out[begin + i] = static_cast<char>(octet(payload, i) ^ octet(head.mask, i % 4));
    }
}

}  // namespace

FrameState read_frame_head(std::string_view bytes, FrameHead& head) noexcept {
    if (bytes.size() < 2) return FrameState::more;
    const unsigned first = octet(bytes, 0);
    const unsigned second = octet(bytes, 1);
    head.is_last = (first & 0x80U) != 0;
    head.is_compressed = (first & 0x40U) != 0;
    head.opcode = first & 0x0fU;
    head.is_masked = (second & 0x80U) != 0;
    head.length = second & 0x7fU;
    const bool is_control = head.opcode >= op_close;
    // No other extension's bits may be set. Control frames are short and unfragmented (RFC 6455
    // 5.5).
    if ((first & 0x30U) != 0 || head.opcode > op_pong || (head.opcode > op_binary && !is_control)) {
        return FrameState::bad;
    }
    if (is_control && (!head.is_last || head.is_compressed || head.length > 125)) {
        return FrameState::bad;
    }
    if (head.opcode == op_continued && head.is_compressed) return FrameState::bad;
    const std::size_t more = head.length < 126 ? 0 : head.length == 126 ? 2 : 8;
    head.size = 2 + more + (head.is_masked ? 4 : 0);
    if (bytes.size() < head.size) return FrameState::more;
    if (more > 0) {
        const auto length = big_endian(bytes.substr(2, more));
        // A length uses as few octets as possible (RFC 6455 5.2).
        if (length >> 32U != 0 || length < (more == 2 ? 126U : 65'536U)) return FrameState::bad;
        head.length = static_cast<std::size_t>(length);
    }
    head.mask = head.is_masked ? bytes.substr(2 + more, 4) : std::string_view();
    return FrameState::whole;
}

Progress WebSocketReader::next(StreamBuffer& buffer, Found& found) {
    if (!is_open_) {
        payload_.clear();
        text_.clear();
    }
    FrameHead head;
    const auto bytes = buffer.rest();
    const auto state = read_frame_head(bytes, head);
    if (state == FrameState::bad) return Progress::lost;
    if (state == FrameState::more) return Progress::more;
    const bool is_control = head.opcode >= op_close;
    const bool goes_on = head.opcode == op_continued;
    if (!is_control && goes_on != is_open_) return Progress::lost;
    const std::size_t size = head.size + head.length;
    if (head.length > max_message) return Progress::lost;
    if (bytes.size() < size) return Progress::more;
    if (is_control) {
        buffer.skip(size);
        return Progress::passed;
    }
    if (!goes_on) {
        began_ = buffer.time_of(1);
        is_compressed_ = head.is_compressed;
        is_too_large_ = false;
    }
    is_open_ = !head.is_last;
    if (payload_.size() + head.length > max_message) is_too_large_ = true;
    if (is_too_large_) {
        payload_.clear();
    } else {
        append_unmasked(bytes.substr(head.size, head.length), head, payload_);
    }
    found.at = buffer.time_of(size);
    buffer.skip(size);
    return is_open_ ? Progress::passed : finish(found);
}

/// Precondition: all frames of the message are there.
Progress WebSocketReader::finish(Found& found) {
    if (is_too_large_) {
        inflater_.reset();
        return is_compressed_ ? Progress::locked : Progress::passed;
    }
    std::string_view text = payload_;
    if (is_compressed_) {
        if (!inflater_.add(payload_, max_message, text_)) return Progress::locked;
        text = text_;
    }
    if (!sip::looks_like_sip(text)) return Progress::passed;
    found.message = text;
    found.is_websocket = true;
    return Progress::found;
}

bool WebSocketReader::read_cut(const StreamBuffer& buffer, Found& found) {
    FrameHead head;
    const auto bytes = buffer.rest();
    const bool is_first = !is_open_;
    if (is_first) payload_.clear();
    // A data frame whose end is missing adds its part to the message.
    if (!is_too_large_ && read_frame_head(bytes, head) == FrameState::whole &&
        head.opcode <= op_binary && (head.opcode == op_continued) == is_open_) {
        if (is_first) {
            is_compressed_ = head.is_compressed;
            began_ = buffer.time_of(1);
        }
        append_unmasked(bytes.substr(head.size, std::min(head.length, max_message)), head,
                        payload_);
    }
    std::string_view text = payload_;
    if (is_compressed_) {
        text_.clear();
        (void)inflater_.add(payload_, max_message, text_);
        text = text_;
    }
    if (!sip::looks_like_sip(text) || !names_a_call(text)) return false;
    found.message = text;
    found.at = began_;
    found.is_cut = found.is_websocket = true;
    return true;
}

std::size_t find_sip_frame(std::string_view bytes, std::size_t segment) {
    for (std::size_t at = 0; at + 2 < bytes.size(); ++at) {
        const unsigned first = octet(bytes, at) & 0x7fU;  // FIN may be 0: a first fragment
        if (first != op_text && first != op_binary && at != segment) continue;
        FrameHead head;
        const auto rest = bytes.substr(at);
        if (read_frame_head(rest, head) != FrameState::whole || head.length < 16) continue;
        const bool is_data = head.opcode == op_text || head.opcode == op_binary;
        if (!is_data || head.length > WebSocketReader::max_message) continue;
        constexpr std::size_t longest_beginning = 12;  // "SUBSCRIBE "
        std::string begin;
        append_unmasked(rest.substr(head.size, std::min(head.length, longest_beginning)), head,
                        begin);
        if (head.is_compressed) {
            // The only signs: the segment is exactly one frame, and its first deflate block is
            // plausible.
            const bool is_alone = at == segment && head.size + head.length == rest.size();
            if (is_alone && (octet(begin, 0) & 1U) == 0 && (octet(begin, 0) & 6U) != 6) return at;
            continue;
        }
        if (begins_known(sip::trim_left(begin))) return at;
    }
    return npos;
}

}  // namespace ci::packets
