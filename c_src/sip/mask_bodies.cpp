#include <algorithm>
#include <string>

#include "sip/header.h"
#include "sip/lines.h"
#include "sip/mask_parts.h"
#include "sip/message.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::sip {
namespace {

using wire::npos;
/// Nesting of multipart and sipfrag; deeper bodies are covered unread.
constexpr unsigned deepest = 4;

std::size_t find_without_case(std::string_view text, std::string_view what) noexcept {
    for (std::size_t at = 0; at + what.size() <= text.size(); ++at) {
        if (equal_without_case(text.substr(at, what.size()), what)) return at;
    }
    return npos;
}

/// Where the blank-separated word at `at` ends.
std::size_t end_of_word(std::string_view text, std::size_t at) noexcept {
    return std::min(text.find_first_of(" \t", at), text.size());
}
std::size_t begin_of_word(std::string_view text, std::size_t at) noexcept {
    return std::min(text.find_first_not_of(" \t", at), text.size());
}

/// How much of `1 AES_CM_128_HMAC_SHA1_80 inline:KEY` stays readable (RFC 4568 9.1).
std::size_t readable_crypto(std::string_view text) noexcept {
    constexpr std::string_view digits = "0123456789";
    constexpr std::string_view suite = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    std::size_t at = 0;
    for (const auto allowed : {digits, suite}) {
        const std::size_t end = end_of_word(text, at);
        if (text.substr(at, end - at).find_first_not_of(allowed) != npos) return at;
        at = begin_of_word(text, end);
    }
    return at;
}

/// How much of `mikey DATA` stays readable: the protocol.
std::size_t readable_management(std::string_view text) noexcept {
    const std::size_t protocol = end_of_word(text, 0);
    return protocol == text.size() ? 0 : protocol;
}

std::size_t nothing_readable(std::string_view /*text*/) noexcept {
    return 0;
}

/// The secret text begins behind `name`; `readable` tells how much of it stays readable.
constexpr struct {
    std::string_view name;
    std::size_t (*readable)(std::string_view);
} key_attributes[] = {{"crypto:", readable_crypto},
                      {"key-mgmt:", readable_management},
                      {"ice-pwd:", nothing_readable}};

void cover_attribute(Cover& cover, std::size_t begin, std::size_t end) {
    const auto line = cover.text().substr(begin, end - begin);
    std::size_t from = line.size();
    for (const auto& attribute : key_attributes) {
        std::size_t at = find_without_case(line, attribute.name);
        if (at == npos) continue;
        at += attribute.name.size();
        from = std::min(from, at + attribute.readable(line.substr(at)));
    }
    constexpr std::string_view key = "inline:";
    if (const auto at = find_without_case(line, key); at != npos && at <= from) {
        from = at + key.size();  // in any attribute, for instance RFC 5939's
    }
    cover.cover(begin + std::min(from, line.size()), end);
}

/// Covers the key of `k=clear:KEY` (RFC 4566 5.12); the method stays readable. `begin` is behind
/// `k=`.
void cover_key(Cover& cover, std::size_t begin, std::size_t end) {
    const auto line = cover.text().substr(begin, end - begin);
    for (const std::string_view method : {"clear:", "base64:", "uri:"}) {
        if (equal_without_case(line.substr(0, method.size()), method)) begin += method.size();
    }
    cover.cover(begin, end);
}

template <class CoverLine>
void for_lines(const Cover& cover, std::size_t begin, std::size_t end, CoverLine cover_line) {
    const auto text = cover.text().substr(0, end);
    LineStarts lines(text);
    while (begin < end) {
        const std::size_t line_end = lines.end_of_line(begin);
        cover_line(begin, line_end);
        begin = lines.next(line_end);
    }
}

/// `Signal=5`, `Duration=160`, as in Cisco's INFO.
void cover_dtmf_relay(Cover& cover, std::size_t begin, std::size_t end) {
    for_lines(cover, begin, end, [&](std::size_t at, std::size_t line_end) {
        const auto line = cover.text().substr(at, line_end - at);
        const auto equals = line.find('=');
        const auto name = trim(line.substr(0, equals));
        if (equals != npos && equal_without_case(name, "duration")) return;
        const bool is_signal = equals != npos && equal_without_case(name, "signal");
        cover.cover_text(is_signal ? at + equals + 1 : at, line_end);
    });
}

/// A body's kind by the headers of its message or part.
struct BodyKind {
    std::string type;  ///< lower case, without blanks and parameters; empty: unknown
    std::string_view parameters;
    bool is_unreadable = false;  ///< encoded, or of two types
};

/// RFC 2045 6.2: an encoding that leaves the body's octets as they are.
bool is_plain(std::string_view transfer_encoding) noexcept {
    constexpr std::string_view plain[] = {"7bit", "8bit", "binary"};
    return std::any_of(std::begin(plain), std::end(plain),
                       [&](auto name) { return equal_without_case(transfer_encoding, name); });
}

BodyKind read_kind(std::string_view headers) {
    BodyKind kind;
    bool has_type = false;
    while (const auto header = next_header(headers)) {
        if (is_named(*header, "Content-Encoding", 'e')) {
            if (!equal_without_case(header->value, "identity")) kind.is_unreadable = true;
        } else if (is_named(*header, "Content-Type", 'c')) {
            if (has_type) kind.is_unreadable = true;
            has_type = true;
            const std::size_t semicolon = std::min(header->value.find(';'), header->value.size());
            kind.parameters = header->value.substr(semicolon);
            for (const char c : header->value.substr(0, semicolon)) {
                if (!is_blank(c)) kind.type += to_lower(c);
            }
        } else if (is_named(*header, "Content-Transfer-Encoding", 0)) {
            if (!is_plain(header->value)) kind.is_unreadable = true;
        }
    }
    return kind;
}

class Bodies {
  public:
    explicit Bodies(Cover& cover) noexcept : cover_(cover) {}

    /// A message, or a fragment of one (RFC 3420), which may lack the start line.
    void message(std::size_t begin, std::size_t end, unsigned depth) {
        const auto text = cover_.text().substr(begin, end - begin);
        const auto parsed = parse(text);
        if (!parsed) return entity(begin, end, depth);
        const auto body_at = static_cast<std::size_t>(parsed->body.data() - text.data());
        if (equal_without_case(parsed->method, "MESSAGE")) {
            return cover_.cover_text(begin + body_at, end);
        }
        body(begin + body_at, end, read_kind(parsed->headers), depth);
    }

  private:
    /// Headers, an empty line, a body (RFC 2046 5.1).
    void entity(std::size_t begin, std::size_t end, unsigned depth) {
        const auto text = cover_.text().substr(begin, end - begin);
        Lines lines(text);
        std::size_t headers_end = text.size();
        while (!lines.at_end()) {
            const std::size_t at = lines.at();
            if (!lines.next().empty()) continue;
            headers_end = at;
            break;
        }
        body(begin + lines.at(), end, read_kind(text.substr(0, headers_end)), depth);
    }

    void body(std::size_t begin, std::size_t end, const BodyKind& kind, unsigned depth) {
        const auto text = cover_.text().substr(begin, end - begin);
        const auto is = [&](std::string_view part) { return kind.type.find(part) != npos; };
        if (kind.is_unreadable || depth == deepest) return cover_.cover_text(begin, end);
        if (kind.type.starts_with("multipart/")) return parts(begin, end, kind, depth);
        if (kind.type.starts_with("message/sip")) return message(begin, end, depth + 1);
        if (is("sdp") || trim_left(text).starts_with("v=")) return cover_sdp(cover_, begin, end);
        if (is("dtmf-relay")) return cover_dtmf_relay(cover_, begin, end);
        constexpr std::string_view whole[] = {"dtmf",          "digits", "telephone-event",
                                              "kpml-response", "cpim",   "mikey"};
        if (kind.type.empty() || kind.type.starts_with("text/") ||
            std::any_of(std::begin(whole), std::end(whole), is)) {
            cover_.cover_text(begin, end);
        }
    }

    void parts(std::size_t begin, std::size_t end, const BodyKind& kind, unsigned depth) {
        const std::string delimiter = "--" + boundary_of(kind.parameters);
        if (delimiter.size() == 2) return cover_.cover_text(begin, end);
        bool is_part = false;
        std::size_t from = begin;
        for_lines(cover_, begin, end, [&](std::size_t at, std::size_t line_end) {
            const auto line = cover_.text().substr(at, line_end - at);
            if (!line.starts_with(delimiter)) return;
            cover_part(from, at, is_part, depth);
            is_part = !line.substr(delimiter.size()).starts_with("--");
            from = line_end;
        });
        cover_part(from, end, is_part, depth);
    }

    /// Skips the delimiter's line end, which would be read as the end of the headers.
    void cover_part(std::size_t begin, std::size_t end, bool is_part, unsigned depth) {
        if (!is_part) return cover_.cover_text(begin, end);
        const auto text = cover_.text();
        if (begin < end && text[begin] == '\r') ++begin;
        if (begin < end && text[begin] == '\n') ++begin;
        entity(begin, end, depth + 1);
    }

    static std::string boundary_of(std::string_view parameters) {
        constexpr std::string_view name = "boundary";
        const std::size_t at = find_without_case(parameters, name);
        if (at == npos) return {};
        auto value = trim_left(parameters.substr(at + name.size()));
        if (!value.starts_with('=')) return {};
        value = trim_left(value.substr(1));
        const bool is_quoted = value.starts_with('"');
        if (is_quoted) value.remove_prefix(1);
        const std::size_t end = value.find_first_of(is_quoted ? "\"\r\n" : "; \t\r\n");
        return std::string(value.substr(0, end));
    }

    Cover& cover_;
};

}  // namespace

void cover_sdp(Cover& cover, std::size_t begin, std::size_t end) {
    for_lines(cover, begin, end, [&](std::size_t at, std::size_t line_end) {
        const auto line = cover.text().substr(at, line_end - at);
        const auto equals = std::min(line.find('='), line.size());
        const auto type = trim(line.substr(0, equals));
        if (equal_without_case(type, "k")) {
            cover_key(cover, std::min(at + equals + 1, line_end), line_end);
        } else {
            cover_attribute(cover, at, line_end);
        }
    });
}

void cover_bodies(Cover& cover) {
    Bodies(cover).message(0, cover.text().size(), 0);
}

}  // namespace ci::sip
