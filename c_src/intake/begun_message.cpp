#include "intake/begun_message.h"

#include <algorithm>
#include <optional>

#include "hep/payload.h"
#include "packets/sip_stream.h"
#include "sip/message.h"
#include "sip/start_line.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::intake {
namespace {

using wire::npos;

/// The position after the empty line, searched from `from` on; npos: there is none.
std::size_t head_end(std::string_view bytes, std::size_t from) noexcept {
    for (auto lf = bytes.find('\n', from); lf != npos; lf = bytes.find('\n', lf + 1)) {
        const auto next = bytes.substr(lf + 1, 2);
        if (next.starts_with('\n')) return lf + 2;
        if (next == "\r\n") return lf + 3;
    }
    return npos;
}

/// True if `bytes` begin with a whole start line.
bool begins_message(std::string_view bytes) noexcept {
    if (!hep::begins_with_sip(bytes)) return false;
    const auto end = bytes.find('\n');
    return end != npos && sip::read_start_line(sip::trim_right(bytes.substr(0, end)));
}

/// True if `bytes` may be the start of a start line: a read may end anywhere.
bool may_begin_message(std::string_view bytes) noexcept {
    constexpr std::size_t longest = std::size_t{8} * 1'024;
    if (bytes.empty() || bytes.size() > longest || bytes.find('\n') != npos) return false;
    return std::any_of(hep::sip_beginnings.begin(), hep::sip_beginnings.end(),
                       [bytes](std::string_view known) {
                           return known.starts_with(bytes) || bytes.starts_with(known);
                       });
}

/// The position of a start line where only headers or a body should be, which is the next message;
/// npos: there is none.
std::size_t next_start(std::string_view bytes, std::size_t from) noexcept {
    if (from >= bytes.size()) return npos;
    const auto found = packets::find_start_line(bytes.substr(from));
    return found == npos ? npos : from + found;
}

struct Head {
    std::optional<std::size_t> length;  ///< of the body
    bool may_hold_sip = false;
};

Head read_head(const sip::Message& message) noexcept {
    constexpr std::string_view no_sip = "application/";
    const auto type = sip::find_header(message, "Content-Type", 'c');
    const bool may_hold_sip =
        !type.empty() && !sip::equal_without_case(type.substr(0, no_sip.size()), no_sip);
    const auto length = sip::find_header(message, "Content-Length", 'l');
    return {sip::read_decimal<std::uint32_t>(length), may_hold_sip};
}

/// True if nothing follows, or what may follow a message.
bool is_boundary(std::string_view bytes) noexcept {
    bytes = skip_between(bytes);
    return bytes.empty() || begins_message(bytes) || may_begin_message(bytes);
}

/// The end of the message whose head ends at `end`: its proper end, or the start of the next
/// message. A body without a length ends at that start.
Front end_of(std::string_view bytes, std::size_t end, const Head& head) noexcept {
    using Kind = Front::Kind;
    const std::size_t size = head.length ? end + *head.length : bytes.size();
    const bool is_here = size <= bytes.size();
    if (head.length && is_here && is_boundary(bytes.substr(size))) return {Kind::message, size};
    // A start line that begins within the body may end after it.
    const auto line_end = bytes.find('\n', std::min(size, bytes.size()));
    const auto within = line_end == npos ? bytes : bytes.substr(0, line_end + 1);
    const auto start = head.may_hold_sip ? npos : next_start(within, end);
    if (start < size) return {head.length ? Kind::cut : Kind::message, start};
    return {is_here ? Kind::message : Kind::unfinished, size};
}

struct HeadScan {
    std::size_t end = npos;    ///< after the empty line
    std::size_t start = npos;  ///< of a message that begins before the head ends
};

/// Stops at the first of the two: a packet may hold thousands of start lines, and each of them
/// starts a scan.
HeadScan scan_head(std::string_view text) noexcept {
    std::size_t at = text.find('\n');
    while (at != npos) {
        const std::size_t begin = at + 1;
        at = text.find('\n', begin);
        if (at == npos) break;
        const auto line = text.substr(begin, at + 1 - begin);
        if (line == "\n" || line == "\r\n") return {at + 1, npos};
        const auto start = packets::find_start_line(line, true);
        if (start != npos) return {npos, begin + start};
    }
    return {};
}

/// The bytes do not begin with a message.
Front front_without_message(std::string_view text) noexcept {
    using Kind = Front::Kind;
    auto start = next_start(text, 0);
    // A line that has a continuation is not a start line.
    if (start == 0) start = next_start(text, text.find('\n') + 1);
    if (start != npos) return {Kind::tail, start};
    return {may_begin_message(text) ? Kind::unfinished : Kind::other, text.size()};
}

Front front_of_text(std::string_view text) {
    using Kind = Front::Kind;
    const auto scan = scan_head(text);
    if (scan.start != npos) return {Kind::tail, scan.start};  // the end of a body
    const auto head = text.substr(0, scan.end);
    const auto message = sip::parse(head);
    if (!message) return front_without_message(text);
    const auto place = [text](const char* at) {
        return static_cast<std::size_t>(at - text.data());
    };
    const std::size_t headers = place(message->headers.data());
    const std::size_t body = place(message->body.data());
    const bool has_end = body > headers + message->headers.size();
    const bool is_half_an_end = scan.end == npos && message->body.empty() && text.ends_with("\n\r");
    if (!has_end || is_half_an_end) return {Kind::unfinished, text.size()};
    Front front = end_of(text, body, read_head(*message));
    front.size = std::min(front.size, text.size());
    return front;
}

}  // namespace

std::string_view skip_between(std::string_view bytes) noexcept {
    const auto begin = bytes.find_first_not_of(std::string_view("\r\n \t\0", 5));
    return begin == npos ? std::string_view{} : bytes.substr(begin);
}

Front front_of(std::string_view bytes) {
    const auto text = hep::skip_blanks(bytes);
    if (text.empty()) return {Front::Kind::other, bytes.size()};
    Front front = front_of_text(text);
    front.size += bytes.size() - text.size();
    return front;
}

BegunMessage::BegunMessage(std::string_view bytes) : bytes_(hep::skip_blanks(bytes)) {
    find_size();
}

std::size_t BegunMessage::append(std::string_view piece) {
    return size_ == 0 ? append_to_head(piece) : append_to_body(piece);
}

std::size_t BegunMessage::append_to_head(std::string_view piece) {
    if (begins_message(piece)) return 0;
    const std::size_t before = bytes_.size();
    bytes_ += piece;
    if (const auto start = start_in_head(before); start != npos) {
        bytes_.resize(start);
        return start - before;
    }
    const Front front = find_size();
    if (front.kind == Front::Kind::unfinished) return piece.size();
    bytes_.resize(front.size);
    return front.size - before;
}

/// The start of a second message within the head: a missing piece would make two messages look like
/// one.
std::size_t BegunMessage::start_in_head(std::size_t from) const noexcept {
    const std::string_view bytes = bytes_;
    if (bytes.find('\n', from) == npos) return npos;
    const auto line = from == 0 ? npos : bytes.rfind('\n', from - 1);
    const auto begin = line == npos ? bytes.find('\n') : line;
    if (begin == npos) return npos;
    const auto start = next_start(bytes.substr(0, head_end(bytes, searched_)), begin + 1);
    return start != npos && start >= from ? start : npos;
}

Front BegunMessage::find_size() {
    const auto end = head_end(bytes_, searched_);
    if (end == npos) {
        searched_ = bytes_.size() - std::min<std::size_t>(bytes_.size(), 2);
        return {Front::Kind::unfinished, 0};
    }
    const auto message = sip::parse(std::string_view(bytes_).substr(0, end));
    const Head head = message ? read_head(*message) : Head{};
    const Front front = end_of(bytes_, end, head);
    size_ = head.length ? end + *head.length : front.size;
    may_hold_sip_ = head.may_hold_sip;
    return front;
}

std::size_t BegunMessage::append_to_body(std::string_view piece) {
    const std::size_t missing = size_ - bytes_.size();
    const bool is_all = piece.size() <= missing;
    const bool fits = is_all || is_boundary(piece.substr(missing));
    if (!(fits && may_hold_sip_) && begins_message(is_all ? skip_between(piece) : piece)) return 0;
    std::size_t count = std::min(missing, piece.size());
    // Else a piece is missing.
    if (!fits) count = std::min(count, packets::find_start_line(piece));
    bytes_ += piece.substr(0, count);
    return count;
}

}  // namespace ci::intake
