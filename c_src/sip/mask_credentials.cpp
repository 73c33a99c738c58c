#include <algorithm>
#include <array>

#include "sip/mask_parts.h"
#include "sip/text.h"

namespace ci::sip {
namespace {

enum class Kind : std::uint8_t {
    credentials,  ///< a scheme, and what proves who one is
    info,         ///< parameters without a scheme
    challenge     ///< a scheme, and what is asked; of Digest only IMS's keys are secret
};

constexpr struct {
    std::string_view name;
    Kind kind;
} headers[] = {{"authorization", Kind::credentials},  {"proxy-authorization", Kind::credentials},
               {"authentication-info", Kind::info},   {"proxy-authentication-info", Kind::info},
               {"www-authenticate", Kind::challenge}, {"proxy-authenticate", Kind::challenge}};

/// Parameters that may be read; all others are masked.
constexpr std::string_view harmless[] = {"username",  "username*", "realm",    "nonce",   "uri",
                                         "algorithm", "cnonce",    "opaque",   "qop",     "nc",
                                         "domain",    "stale",     "userhash", "charset", "auth",
                                         "nextnonce", "auth-int"};

bool is_harmless(std::string_view name) noexcept {
    return std::any_of(std::begin(harmless), std::end(harmless),
                       [&](auto known) { return equal_without_case(known, name); });
}

/// Reads a header's value from left to right; what it does not understand it covers to the end.
class Value {
  public:
    Value(Cover& cover, std::size_t begin, std::size_t end) noexcept
        : cover_(cover), text_(cover.text()), at_(begin), end_(end) {}

    void cover(Kind kind) {
        is_challenge_ = kind == Kind::challenge;
        if (kind == Kind::info) return cover_parameters();
        skip_blanks();
        const std::size_t begin = at_;
        const auto scheme = take_token();
        const std::size_t behind = at_;
        // A comma would be covered and then belong to the scheme.
        const bool ends = at_ == end_ || at_blank();
        skip_blanks();
        if (!scheme.empty() && next_is('=')) {  // no scheme
            at_ = begin;
            return cover_parameters();
        }
        if (ends && equal_without_case(scheme, "digest")) return cover_parameters();
        if (is_challenge_) return;
        // A word alone is a token rather than a scheme.
        cover_.cover(ends && at_ < end_ ? behind : begin, end_);
    }

  private:
    [[nodiscard]] bool next_is(char c) const noexcept { return at_ < end_ && text_[at_] == c; }
    [[nodiscard]] bool at_blank() const noexcept { return at_ < end_ && is_blank(text_[at_]); }
    /// Else what is covered next would become one word with what was read.
    [[nodiscard]] bool ends_word() const noexcept {
        return at_ == end_ || at_blank() || next_is(',');
    }
    void skip_blanks() noexcept {
        while (at_blank()) ++at_;
    }
    std::string_view take_token() noexcept {
        const std::size_t begin = at_;
        while (at_ < end_ && is_token(text_[at_])) ++at_;
        return text_.substr(begin, at_ - begin);
    }

    void cover_parameters() {
        while (at_ < end_) {
            if (ends_word()) {
                ++at_;
                continue;
            }
            const std::size_t begin = at_;
            const auto name = take_token();
            const bool ends = ends_word();
            skip_blanks();
            if (name.empty() || !next_is('=')) {
                // Another scheme's turn: Digest again, or one that asks for nothing secret.
                if (ends && (equal_without_case(name, "digest") || is_challenge_)) continue;
                return cover_.cover(begin, end_);
            }
            ++at_;
            skip_blanks();
            if (!(next_is('"') ? take_quoted(name) : take_plain(name))) return;
        }
    }

    /// False: broken, and covered up to the end.
    bool take_quoted(std::string_view name) {
        const std::size_t begin = ++at_;
        while (at_ < end_ && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2U : 1U;
        const std::size_t close = std::min(at_, end_);
        if (!next_is('"')) return give_up(begin);
        if (!is_harmless(name)) cover_.cover(begin, close);
        ++at_;
        return ends_word() || give_up(at_);
    }
    bool take_plain(std::string_view name) {
        const std::size_t begin = at_;
        while (!ends_word()) ++at_;
        auto value = text_.substr(begin, at_ - begin);
        while (value.ends_with('=')) value.remove_suffix(1);  // base64
        if (value.find_first_of("\"=") != std::string_view::npos) return give_up(begin);
        if (!is_harmless(name)) cover_.cover(begin, at_);
        return true;
    }
    bool give_up(std::size_t from) {
        cover_.cover(from, end_);
        return false;
    }

    Cover& cover_;
    std::string_view text_;  ///< of before: what this covers is behind what it reads
    std::size_t at_;
    std::size_t end_;
    bool is_challenge_ = false;
};

/// The index of the header that `text` begins with; the table's size: none of them.
std::size_t find_header(std::string_view text) noexcept {
    std::size_t i = 0;
    for (; i < std::size(headers); ++i) {
        const auto name = headers[i].name;
        if (!equal_without_case(text.substr(0, name.size()), name)) continue;
        if (text.size() == name.size() || !is_token(text[name.size()])) break;
    }
    return i;
}

/// Where the header ends that goes on at `at`, with its folded lines. Doubled CRs are one line end.
std::size_t end_of_header(std::string_view text, std::size_t at) noexcept {
    while (true) {
        const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        at = end;
        while (at < text.size() && text[at] == '\r') ++at;
        if (at < text.size() && text[at] == '\n') ++at;
        if (at == text.size() || (text[at] != ' ' && text[at] != '\t')) return end;
    }
}

void cover_header(Cover& cover, Kind kind, std::size_t at, std::size_t end) {
    const auto text = cover.text();
    std::size_t colon = at;
    while (colon < end && (text[colon] == ' ' || text[colon] == '\t')) ++colon;
    if (colon < end && text[colon] == ':') {
        Value(cover, colon + 1, end).cover(kind);
    } else if (kind != Kind::challenge) {
        cover.cover(at, end);
    }
}

}  // namespace

std::size_t credentials_name(std::string_view text) noexcept {
    const std::size_t i = find_header(text);
    if (i == std::size(headers) || headers[i].kind == Kind::challenge) return 0;
    return headers[i].name.size();
}

void cover_credentials(Cover& cover) {
    const auto text = cover.text();
    LineStarts lines(text);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = lines.end_of_line(at);
        // Blanks and stray octets in front do not hide a header.
        while (at < end && !is_token(text[at])) ++at;
        const char first = at < end ? to_lower(text[at]) : '\0';
        if (first == 'a' || first == 'p' || first == 'w') {
            const std::size_t i = find_header(text.substr(at, end - at));
            if (i < std::size(headers)) {
                const std::size_t header_end = end_of_header(text, end);
                cover_header(cover, headers[i].kind, at + headers[i].name.size(), header_end);
                at = lines.next(header_end);
                continue;
            }
        }
        at = lines.next(end);
    }
}

}  // namespace ci::sip
