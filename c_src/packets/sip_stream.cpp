#include "packets/sip_stream.h"

#include <algorithm>

#include "sip/message.h"
#include "sip/start_line.h"
#include "sip/text.h"

namespace ci::packets {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t most_line = std::size_t{8} * 1'024;  ///< of a start line
/// Of which the times are kept apart: as many as one message has, if nobody sends it by octets.
constexpr std::size_t most_segments = 1'024;

bool is_start_line(std::string_view line) {
    return line.size() <= most_line && sip::read_start_line(sip::trim_right(line)).has_value();
}

/// Behind the empty line; npos: there is none yet. Looks from `from` on.
std::size_t head_end(std::string_view bytes, std::size_t from) {
    for (auto lf = bytes.find('\n', from); lf != npos; lf = bytes.find('\n', lf + 1)) {
        const auto next = bytes.substr(lf + 1, 2);
        if (next.starts_with('\n')) return lf + 2;
        if (next == "\r\n") return lf + 3;
    }
    return npos;
}

/// Whether bytes that follow unknown ones begin with a whole start line: "PTIONS" is none.
bool begins_known(std::string_view line) {
    constexpr std::string_view beginnings[] = {"SIP/2.0 ", "INVITE ",    "ACK ",      "BYE ",
                                               "CANCEL ",  "OPTIONS ",   "REGISTER ", "PRACK ",
                                               "UPDATE ",  "SUBSCRIBE ", "NOTIFY ",   "PUBLISH ",
                                               "INFO ",    "REFER ",     "MESSAGE "};
    return std::any_of(std::begin(beginnings), std::end(beginnings),
                       [line](std::string_view known) { return line.starts_with(known); });
}

/// Where the last of the lines begins that are start lines.
std::size_t last_start_line(std::string_view head) {
    std::size_t last = 0;
    for (std::size_t at = 0; at < head.size();) {
        const auto end = std::min(head.find('\n', at), head.size());
        if (is_start_line(head.substr(at, end - at))) last = at;
        at = end + 1;
    }
    return last;
}

/// Without one there is no body (it must be there: RFC 3261 20.14).
std::size_t content_length(std::string_view head) {
    const auto message = sip::parse(head);
    if (!message) return 0;
    const auto value = sip::find_header(*message, "Content-Length", 'l');
    const auto length = sip::read_decimal<std::uint32_t>(value);
    if (length) return *length;
    return value.empty() ? 0 : npos;
}

}  // namespace

std::size_t find_start_line(std::string_view bytes) noexcept {
    // Nearly no segment of other protocols has this word.
    for (auto word = bytes.find("SIP/2.0"); word != npos; word = bytes.find("SIP/2.0", word + 1)) {
        const auto before = bytes.rfind('\n', word);
        const std::size_t begin = before == npos ? 0 : before + 1;
        const auto end = bytes.find('\n', word);
        if (end == npos) return npos;
        const auto line = bytes.substr(begin, end - begin);
        if (is_start_line(line) && (begin > 0 || begins_known(line))) return begin;
    }
    return npos;
}

void SipStream::append(std::string_view bytes, wire::Micros at) {
    // Moved only when as much is dropped as is moved: linear in all.
    if (begin_ >= held()) {
        buffer_.erase(0, begin_);
        begin_ = 0;
        std::erase_if(segments_, [this](const Segment& s) { return s.end <= at_; });
    }
    buffer_ += bytes;
    if (!segments_.empty()) at = std::max(at, segments_.back().at);
    if (segments_.size() < most_segments) segments_.emplace_back();
    segments_.back() = {at_ + held(), at};
}

std::optional<SipStream::Found> SipStream::next() {
    for (;;) {
        if (!synced_ && !find_start()) return std::nullopt;
        if (size_ == 0 && !read_head()) {
            if (synced_) return std::nullopt;
            continue;
        }
        if (held() < size_) return std::nullopt;
        const Found found{rest().substr(0, size_), time_of(size_)};
        is_sip_ = true;
        skip(size_);
        return found;
    }
}

/// Drops what lies before the next start line. False: there is none yet.
bool SipStream::find_start() {
    const auto bytes = rest();
    const auto start = find_start_line(bytes);
    if (start == npos) {
        // A line that is not over may be one.
        const auto last = bytes.rfind('\n');
        const std::size_t done = last == npos ? 0 : last + 1;
        skip(bytes.size() - done > most_line ? bytes.size() : done);
        return false;
    }
    skip(start);
    synced_ = doubtful_ = true;
    return true;
}

/// Finds size_. False: it is not known yet, or sync is lost.
bool SipStream::read_head() {
    const auto is_between = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    if (searched_ == 0) {
        const auto bytes = rest();
        const auto begin = std::find_if_not(bytes.begin(), bytes.end(), is_between);
        skip(static_cast<std::size_t>(begin - bytes.begin()));
    }
    const auto bytes = rest();
    if (bytes.empty()) return false;
    if (searched_ == 0) {
        const auto end = bytes.find('\n');
        if (end == npos && bytes.size() <= most_line && sip::is_token(bytes.front())) return false;
        if (!is_start_line(bytes.substr(0, end))) {
            desync();
            return false;
        }
        searched_ = end;
    }
    const auto end = head_end(bytes, searched_);
    if (end == npos) {
        searched_ = std::max(searched_, bytes.size() - std::min<std::size_t>(bytes.size(), 2));
        if (bytes.size() > most_head) desync();
        return false;
    }
    if (doubtful_) {
        doubtful_ = false;
        const std::size_t start = last_start_line(bytes.substr(0, end));
        if (start > 0) {
            skip(start);
            return read_head();
        }
    }
    const std::size_t length = content_length(bytes.substr(0, end));
    if (length > most_message) {
        desync();
        return false;
    }
    size_ = end + length;
    return true;
}

void SipStream::desync() {
    if (is_sip_) ++desyncs_;
    // Not at this line again.
    const auto line = rest().find('\n');
    skip(line == npos ? held() : line + 1);
    synced_ = doubtful_ = false;
}

void SipStream::lose() {
    skip(held());
    synced_ = doubtful_ = false;
}

void SipStream::skip(std::size_t count) {
    begin_ += count;
    at_ += count;
    searched_ = size_ = 0;
}

wire::Micros SipStream::time_of(std::size_t end) const {
    const auto segment =
        std::lower_bound(segments_.begin(), segments_.end(), at_ + end,
                         [](const Segment& s, std::uint64_t wanted) { return s.end < wanted; });
    return segment == segments_.end() ? 0 : segment->at;
}

}  // namespace ci::packets
