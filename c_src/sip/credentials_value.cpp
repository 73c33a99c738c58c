#include "sip/credentials_value.h"

#include <algorithm>
#include <string>

#include "sip/text.h"

namespace ci::sip {
namespace {

/// Parameters that stay readable; all others are masked.
constexpr std::string_view harmless[] = {"username",  "username*", "realm",    "nonce",   "uri",
                                         "algorithm", "cnonce",    "opaque",   "qop",     "nc",
                                         "domain",    "stale",     "userhash", "charset", "auth",
                                         "nextnonce", "auth-int"};

/// Reads a value from left to right. From the first place that breaks the grammar on, the rest is
/// covered.
class Value {
  public:
    Value(Cover& cover, const Letters& letters, std::size_t begin, Extent extent) noexcept
        : cover_(cover), letters_(letters), at_(begin), end_(extent.end), quotes_(extent.quotes) {}

    void cover(Kind kind) {
        is_challenge_ = kind == Kind::challenge;
        if (kind == Kind::info) return cover_parameters();
        if (kind == Kind::token) return hide_rest(at_);
        skip_blanks();
        const std::size_t begin = at_;
        const auto scheme = next_token();
        const std::size_t behind = at_;
        // Only a blank ends a scheme: a covered comma would become part of it.
        const bool ends = at_ == end_ || at_blank();
        skip_blanks();
        if (!scheme.empty() && next_is('=')) {  // a parameter's name, not a scheme
            at_ = begin;
            return cover_parameters();
        }
        if (ends && equal_without_case(scheme, "digest")) return cover_parameters();
        if (is_challenge_) return;
        // A single word is a token rather than a scheme, so it is covered too.
        hide_rest(ends && at_ < end_ ? behind : begin);
    }

    [[nodiscard]] bool is_understood() const noexcept { return is_understood_; }

  private:
    /// A deeper character is part of a string, not syntax.
    [[nodiscard]] bool next_is(char c) const noexcept {
        return at_ < end_ && letters_[at_] == c && letters_.depth(at_) <= quotes_;
    }
    [[nodiscard]] bool at_blank() const noexcept {
        if (at_ >= end_ || letters_.depth(at_) > quotes_) return false;
        return letters_.is_space(at_) || letters_.is_line_end(at_);
    }
    /// A word has to end here: else the text covered next would become one word with it.
    [[nodiscard]] bool ends_word() const noexcept {
        return at_ == end_ || at_blank() || next_is(',');
    }
    void skip_blanks() noexcept {
        while (at_blank()) ++at_;
    }
    std::string next_token() {
        std::string token;
        while (at_ < end_ && is_token(letters_[at_]) && letters_.depth(at_) != Letters::in_uri) {
            token += letters_[at_++];
        }
        return token;
    }

    void cover_parameters() {
        while (at_ < end_) {
            if (ends_word()) {
                ++at_;
                continue;
            }
            const std::size_t begin = at_;
            const auto name = next_token();
            const bool ends = ends_word();
            skip_blanks();
            if (name.empty() || !next_is('=')) {
                // Another scheme begins: Digest again, or a challenge without secrets.
                if (ends && (equal_without_case(name, "digest") || is_challenge_)) continue;
                return hide_rest(begin);
            }
            ++at_;
            skip_blanks();
            if (!(next_is('"') ? cover_quoted(name) : cover_plain(name))) return;
        }
    }

    /// False: the value breaks the grammar, and the rest has been covered.
    bool cover_quoted(std::string_view name) {
        const std::size_t begin = ++at_;
        while (at_ < end_ && !next_is('"')) ++at_;
        if (at_ == end_) return give_up(begin);
        if (!is_harmless_parameter(name)) hide(begin, at_);
        ++at_;
        return ends_word() || give_up(at_);
    }
    bool cover_plain(std::string_view name) {
        const std::size_t begin = at_;
        while (!ends_word()) ++at_;
        std::size_t end = at_;
        while (end > begin && letters_[end - 1] == '=') --end;  // padding of base64
        for (std::size_t i = begin; i < end; ++i) {
            if (letters_.depth(i) > quotes_) continue;
            if (letters_[i] == '"' || letters_[i] == '=') return give_up(begin);
        }
        if (!is_harmless_parameter(name)) hide(begin, at_);
        return true;
    }
    bool give_up(std::size_t from) {
        hide_rest(from);
        return false;
    }
    void hide_rest(std::size_t begin) {
        is_understood_ = false;
        hide(begin, end_);
    }
    void hide(std::size_t begin, std::size_t end) { cover_letters(cover_, letters_, begin, end); }

    Cover& cover_;
    const Letters& letters_;  ///< of the uncovered text: covering only changes letters already read
    std::size_t at_;
    std::size_t end_;
    unsigned quotes_;
    bool is_challenge_ = false;
    bool is_understood_ = true;
};

}  // namespace

bool is_harmless_parameter(std::string_view name) noexcept {
    return std::any_of(std::begin(harmless), std::end(harmless),
                       [&](auto known) { return equal_without_case(known, name); });
}

void cover_letters(Cover& cover, const Letters& letters, std::size_t begin, std::size_t end) {
    if (letters.is_plain()) return cover.cover(begin, end);
    for (std::size_t i = begin; i < end; ++i) {
        const unsigned depth = letters.depth(i);
        const bool stays = letters[i] == '\0' || letters.is_line_end(i) || letters.is_space(i);
        if (stays && depth != 0 && depth != Letters::in_uri) continue;
        cover.cover(letters.offset(i), letters.offset(i + 1));
    }
}

bool cover_value(Cover& cover, const Letters& letters, Kind kind, std::size_t begin,
                 Extent extent) {
    Value value(cover, letters, begin, extent);
    value.cover(kind);
    return value.is_understood();
}

}  // namespace ci::sip
