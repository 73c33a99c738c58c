#include "sip/message.h"

#include "sip/header.h"
#include "sip/lines.h"
#include "sip/start_line.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::sip {
namespace {

using wire::npos;

/// Trailing NULs are padding from the sender's buffer, unless Content-Length includes them.
std::string_view without_padding(std::string_view bytes) noexcept {
    while (!bytes.empty() && bytes.back() == '\0') bytes.remove_suffix(1);
    return bytes;
}

/// Cuts off a body with LFs behind a head with lone CRs: the body must not decide how the head's
/// lines end. Any other text stays as it is.
std::string_view without_foreign_body(std::string_view text) noexcept {
    const auto lf = text.find('\n');
    if (lf == npos) return text;
    const auto before_lf = text.substr(0, lf);
    const auto first_cr = before_lf.find('\r');
    if (first_cr == npos || first_cr == lf - 1) return text;  // the usual case
    const auto empty_line = before_lf.find("\r\r");
    if (empty_line == npos) return text;
    // "\r\r\n" is a CRLF whose LF a text mode expanded once more.
    if (before_lf.find_first_not_of('\r', empty_line) == npos) return text;
    return text.substr(0, empty_line + 2);
}

std::optional<CSeq> read_cseq(std::string_view value) noexcept {
    std::size_t digits = 0;
    while (digits < value.size() && is_digit(value[digits])) ++digits;
    const auto number = read_decimal<std::uint64_t>(value.substr(0, digits));
    if (!number) return std::nullopt;
    auto rest = trim_left(value.substr(digits));
    return CSeq{*number, next_word(rest)};
}

/// A Call-ID ends at its first line end, even in a folded header.
std::string_view first_line_of(std::string_view value) noexcept {
    return trim_right(value.substr(0, value.find_first_of("\r\n")));
}

/// The findings of one pass over the headers. Of each name, the first header with a value counts.
class Findings {
  public:
    explicit Findings(Message& message) noexcept : message_(message) {}

    void read(std::string_view line) noexcept {
        // The first letter rules out most lines quickly.
        switch (to_lower(line.front())) {
            case 'c':
            case 'i':
            case 'l':
            case 'm':
                if (const auto header = split_header(line)) keep(*header);
                break;
            default:
                break;
        }
    }

    /// Empty: none, or not a number.
    [[nodiscard]] std::optional<std::size_t> content_length() const noexcept {
        return read_decimal<std::size_t>(content_length_);
    }

  private:
    void keep(const Header& header) noexcept {
        if (is_named(header, "Call-ID", 'i')) {
            if (message_.call_id.empty()) {
                message_.call_id = first_line_of(header.value);
            } else {
                message_.duplicate_call_id = true;
            }
        } else if (is_named(header, "CSeq", 0)) {
            if (message_.cseq_value.empty()) message_.cseq_value = header.value;
        } else if (is_named(header, "Content-Length", 'l')) {
            if (content_length_.empty()) content_length_ = header.value;
        } else if (is_named(header, "Max-Forwards", 0)) {
            if (!message_.max_forwards) {
                message_.max_forwards = read_decimal<std::uint32_t>(header.value);
            }
        }
    }

    Message& message_;
    std::string_view content_length_;
};

}  // namespace

wire::Result<Message, Reason> parse(std::string_view bytes) noexcept {
    const auto unpadded = without_padding(bytes);
    const std::size_t begin = unpadded.size() - trim_left(unpadded).size();
    const auto head = without_foreign_body(unpadded.substr(begin));
    if (head.empty()) return Rejection{Reason::sip_empty, begin};

    Lines lines(head);
    Message message;
    message.start_line = lines.next();
    const auto start = read_start_line(message.start_line);
    if (!start) return Rejection{Reason::sip_no_start_line, begin};
    message.is_request = start->is_request;
    message.method = start->method;
    message.request_uri = start->uri;
    message.status = start->status;

    Findings findings(message);
    const std::size_t headers_at = lines.at();
    std::size_t headers_end = head.size();
    message.truncated = true;
    while (!lines.at_end()) {
        const std::size_t line_at = lines.at();
        const auto line = lines.next();
        if (line.empty()) {
            headers_end = line_at;
            message.truncated = false;
            break;
        }
        findings.read(line);
    }
    message.headers = head.substr(headers_at, headers_end - headers_at);

    const std::size_t body_at = begin + lines.at();
    const auto length = findings.content_length();
    if (!message.truncated && length && *length <= bytes.size() - body_at) {
        message.body = bytes.substr(body_at, *length);
    } else {
        message.body = unpadded.substr(body_at);
        if (length) message.truncated = true;
    }
    message.size = body_at + message.body.size();

    message.cseq = read_cseq(message.cseq_value);
    if (message.cseq && message.cseq->method.empty()) message.cseq->method = message.method;
    if (message.cseq && !message.is_request) message.method = message.cseq->method;
    return message;
}

}  // namespace ci::sip
