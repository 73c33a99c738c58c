#include "packets/sip_stream.h"

#include <algorithm>
#include <optional>

#include "sip/message.h"
#include "sip/start_line.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::packets {
namespace {

using wire::npos;
constexpr std::size_t max_line = std::size_t{8} * 1'024;  ///< of a start line

bool is_start_line(std::string_view line) {
    return line.size() <= max_line && sip::read_start_line(sip::trim_right(line)).has_value();
}

bool is_between(char c) {
    return c == '\r' || c == '\n' || c == '\0';
}

/// The place behind the empty line, searched from `from` on; npos: there is none yet.
std::size_t head_end(std::string_view bytes, std::size_t from) {
    for (auto lf = bytes.find('\n', from); lf != npos; lf = bytes.find('\n', lf + 1)) {
        const auto next = bytes.substr(lf + 1, 2);
        if (next.starts_with('\n')) return lf + 2;
        if (next == "\r\n") return lf + 3;
    }
    return npos;
}

/// Where the last start line begins.
std::size_t last_start_line(std::string_view head) {
    std::size_t last = 0;
    for (std::size_t at = 0; at < head.size();) {
        const auto end = std::min(head.find('\n', at), head.size());
        if (is_start_line(head.substr(at, end - at))) last = at;
        at = end + 1;
    }
    return last;
}

/// Where a start line begins behind a binary octet and at most a few text octets: the headers of
/// TPKT, WebSocket or a proxy may precede it. npos: nowhere.
std::size_t behind_binary(std::string_view line) {
    constexpr std::size_t max_between = 8;
    const std::size_t from = line.size() - std::min(line.size(), max_line);
    std::size_t after = npos;  // octets since the last binary one
    for (std::size_t at = from; at < line.size(); ++at) {
        if (after <= max_between && begins_known(line.substr(at)) &&
            is_start_line(line.substr(at))) {
            return at;
        }
        const auto octet = static_cast<unsigned char>(line[at]);
        const bool is_text = octet == '\t' || (octet >= 0x20 && octet < 0x7f);
        after = !is_text ? 0 : after == npos ? npos : after + 1;
    }
    return npos;
}

}  // namespace

bool begins_known(std::string_view line) noexcept {
    constexpr std::string_view beginnings[] = {"SIP/2.0 ", "INVITE ",    "ACK ",      "BYE ",
                                               "CANCEL ",  "OPTIONS ",   "REGISTER ", "PRACK ",
                                               "UPDATE ",  "SUBSCRIBE ", "NOTIFY ",   "PUBLISH ",
                                               "INFO ",    "REFER ",     "MESSAGE "};
    return std::any_of(std::begin(beginnings), std::end(beginnings),
                       [line](std::string_view known) { return line.starts_with(known); });
}

std::size_t find_start_line(std::string_view bytes, bool is_line) noexcept {
    // Few segments of other protocols hold this word, so the search is cheap.
    for (auto word = bytes.find("SIP/2.0"); word != npos;) {
        const auto before = bytes.rfind('\n', word);
        const std::size_t begin = before == npos ? 0 : before + 1;
        const auto end = bytes.find('\n', word);
        if (end == npos) return npos;
        const auto line = bytes.substr(begin, end - begin);
        if (is_start_line(line) && (begin > 0 || is_line || begins_known(line))) return begin;
        const std::size_t behind = behind_binary(line);
        if (behind != npos) return begin + behind;
        word = bytes.find("SIP/2.0", end);
    }
    return npos;
}

bool names_a_call(std::string_view message) noexcept {
    const auto read = sip::parse(message);
    if (!read || read->call_id.empty()) return false;
    // The Call-ID may go on unless its line ends.
    const auto end =
        static_cast<std::size_t>(read->call_id.data() - message.data()) + read->call_id.size();
    return message.find('\n', end) != npos;
}

/// Content-Length is mandatory on streams (RFC 3261 20.14). A message without Content-Length and
/// Content-Type has no body; one with only Content-Type has a body of unknown length.
SipReader::Length SipReader::content_length(std::string_view head) {
    const auto message = sip::parse(head);
    if (!message) return {};
    std::optional<std::string_view> first;
    std::string_view headers = message->headers;
    bool is_contradicted = false;
    bool has_type = false;
    while (const auto header = sip::next_header(headers)) {
        if (sip::is_named(*header, "Content-Type", 'c')) has_type = true;
        if (!sip::is_named(*header, "Content-Length", 'l')) continue;
        if (!first) first = header->value;
        is_contradicted = is_contradicted || header->value != *first;
    }
    if (!first && !has_type) return {0, true};
    if (!first || is_contradicted) return {};
    const auto plain = sip::read_decimal<std::uint32_t>(*first);
    if (plain && *plain <= max_message) return {*plain, true};
    // "+5", "5;x", "12 bytes": the digits are a guess.
    auto digits = *first;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    digits = digits.substr(0, std::min(digits.find_first_not_of("0123456789"), digits.size()));
    const auto guess = sip::read_decimal<std::uint32_t>(digits);
    if (!guess || *guess > max_message) return {};
    return {*guess, false};
}

Progress SipReader::next(StreamBuffer& buffer, Found& found) {
    while (head_ == 0) {
        const Progress step = read_head(buffer);
        if (step != Progress::found) return step;
    }
    if (length_.count) {
        const std::size_t size = head_ + *length_.count;
        if (buffer.size() < size) return Progress::more;
        // A guess is right if a line end, a message or nothing follows the body.
        const auto behind = buffer.rest().substr(size);
        if (length_.is_plain || behind.empty() || is_between(behind.front()) ||
            begins_known(behind)) {
            return deliver(buffer, found, size, Progress::found);
        }
    }
    return deliver(buffer, found, head_, Progress::unsure);
}

/// Finds head_ and length_. Progress::found: both are known.
Progress SipReader::read_head(StreamBuffer& buffer) {
    if (searched_ == 0) {
        const auto bytes = buffer.rest();
        const auto* const begin = std::find_if_not(bytes.begin(), bytes.end(), is_between);
        buffer.skip(static_cast<std::size_t>(begin - bytes.begin()));
    }
    const auto bytes = buffer.rest();
    if (bytes.empty()) return Progress::more;
    if (searched_ == 0) {
        const auto end = bytes.find('\n');
        if (end == npos && bytes.size() <= max_line && sip::is_token(bytes.front())) {
            return Progress::more;
        }
        if (!is_start_line(bytes.substr(0, end))) return Progress::lost;
        searched_ = end;
    }
    const auto end = head_end(bytes, searched_);
    if (end == npos) {
        searched_ = std::max(searched_, bytes.size() - std::min<std::size_t>(bytes.size(), 2));
        return bytes.size() > max_head ? Progress::lost : Progress::more;
    }
    if (doubtful_) {
        doubtful_ = false;
        const std::size_t start = last_start_line(bytes.substr(0, end));
        if (start > 0) {
            buffer.skip(start);
            searched_ = 0;
            return read_head(buffer);
        }
    }
    length_ = content_length(bytes.substr(0, end));
    head_ = end;
    return Progress::found;
}

Progress SipReader::deliver(StreamBuffer& buffer, Found& found, std::size_t size, Progress step) {
    found.message = buffer.rest().substr(0, size);
    found.at = buffer.time_of(size);
    found.bad_length = !length_.is_plain;
    buffer.skip(size);
    searched_ = head_ = 0;
    return step;
}

bool SipReader::read_cut(const StreamBuffer& buffer, Found& found) const {
    const auto bytes = buffer.rest();
    if (searched_ == 0 || !names_a_call(bytes)) return false;
    found.message = bytes.substr(0, max_message);
    found.at = buffer.time_of(1);
    found.is_cut = true;
    found.bad_length = head_ != 0 && !length_.is_plain;
    return true;
}

}  // namespace ci::packets
