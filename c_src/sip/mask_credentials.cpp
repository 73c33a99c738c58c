// Finds credentials in one pass: in every line, in every string of a text, in URIs.
#include <algorithm>
#include <string>

#include "sip/credentials_extent.h"
#include "sip/credentials_name.h"
#include "sip/letters.h"
#include "sip/mask_parts.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::sip {
namespace {

using wire::npos;

/// The secret parameters of Digest.
constexpr std::string_view secrets[] = {"response", "rspauth", "auts", "ik", "ck"};
/// A value of this many hexadecimal digits (MD5's) or more is a proof, wherever it stands.
constexpr std::size_t least_proof = 32;

bool is_parameter(std::string_view name) noexcept {
    return is_harmless_parameter(name) ||
           std::any_of(std::begin(secrets), std::end(secrets),
                       [&](auto secret) { return equal_without_case(name, secret); });
}

bool is_hex(char c) noexcept {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

class Search {
  public:
    Search(Cover& cover, Form form)
        : cover_(cover), form_(form), text_(cover.text()), letters_(text_) {
        const auto first = text_.find_first_not_of(" \t\r\n");
        is_json_ = first != npos && (text_[first] == '{' || text_[first] == '[');
    }

    /// True: another pass would find nothing more.
    bool run() {
        std::size_t at = form_ == Form::headless && !is_json_ ? cover_rest() : 0;
        while (at < letters_.size()) {
            const char c = letters_[at];
            if (letters_.is_line_end(at)) {
                line_depth_ = letters_.depth(at);
                begins_line_ = true;
                if (letters_.is_plain() && !is_json_) {
                    at = quiet_until(at);
                    continue;
                }
            } else if (is_word(c)) {
                at = mask_word(at);
                continue;
            } else if (c == '"' && letters_.depth(at) == 0) {
                in_string_ = is_json_ && !in_string_;
            }
            ++at;
        }
        return is_settled_;
    }

  private:
    /// Skips the lines behind the line end at `at` that cannot hold a name.
    [[nodiscard]] std::size_t quiet_until(std::size_t at) const {
        const std::size_t anchor = next_anchor(text_, at + 1);
        if (anchor == npos) return letters_.size();
        std::size_t line = anchor;
        while (line > at + 1 && !letters_.is_line_end(line - 1)) --line;
        return line;
    }

    /// Returns the place behind the word, or behind the covered text.
    std::size_t mask_word(std::size_t at) {
        std::size_t next = 0;
        if (may_begin_name(letters_, at)) {
            if (const auto name = header_name(letters_, at)) next = mask_header(*name, at);
            if (next == 0) next = mask_secret(at);
            if (next == 0) next = mask_scheme(at);
        }
        begins_line_ = false;
        if (next != 0) return next;
        // "HTTP_AUTHORIZATION": a new word begins behind an underscore.
        while (at < letters_.size() && is_word(letters_[at])) {
            if (letters_[at++] == '_') break;
        }
        return at;
    }

    // --- a header -------------------------------------------------------------------------------

    /// Returns the place behind the header; 0: the name is only mentioned.
    std::size_t mask_header(const HeaderName& name, std::size_t begin) {
        std::size_t at = name.end;
        const bool is_key = is_quote(at);
        if (is_key) ++at;
        at = behind_blanks(at);
        if (!is(at, ':') && !is(at, '=')) {
            if (is_key || !begins_line_ || form_ == Form::event || name.kind == Kind::challenge) {
                return 0;
            }
            const Extent extent = extent_from(name.end);
            hide(name.end, extent.end);
            return extent.end;
        }
        if (begin > 0 && is(at, '=') && is_one_of(letters_[begin - 1], "?&;")) {
            return cover_in_uri(at + 1);
        }
        if (letters_.depth(at) == Letters::in_uri) return cover_in_uri(at + 1);
        ++at;
        if (is(at, '>')) ++at;  // "=>"
        return is_key ? mask_member(name.kind, behind_blanks(at))
                      : mask_value(name.kind, begin, at);
    }

    std::size_t mask_value(Kind kind, std::size_t begin, std::size_t at) {
        // A quote behind JSON's punctuation opens a string, so the header is inside that string.
        if (begin > 0 && is_quote(begin - 1)) {
            std::size_t before = begin - 1;
            while (before > 0 && letters_.is_space(before - 1)) --before;
            if (before > 0 && is_one_of(letters_[before - 1], ":,[{(<")) {
                return mask_until_quote(kind, at, begin - 1);
            }
        }
        const Extent extent = extent_from(at);
        cover_all_of(kind, at, extent);
        return extent.end;
    }

    /// Covers the value of a member of JSON or similar notation.
    std::size_t mask_member(Kind kind, std::size_t at) {
        if (is_quote(at)) return mask_until_quote(kind, at + 1, at);
        std::size_t end = at;
        if (is(at, '[') || is(at, '{')) {
            end = end_of_brackets(at);
        } else {
            while (end < letters_.size() && !is_one_of(letters_[end], ",}]\r\n")) ++end;
        }
        hide(at, end);
        in_string_ = false;
        return end;
    }

    /// Covers a value inside the string that the quote at `open` opened.
    std::size_t mask_until_quote(Kind kind, std::size_t at, std::size_t open) {
        const unsigned depth = letters_.depth(open);
        const unsigned within = letters_[open] == '"' ? depth + 1 : depth;
        std::size_t end = at;
        while (end < letters_.size() && !closes(end, open)) ++end;
        // A line end in the string may end the header; the rest of the string is searched anew.
        const Extent extent = extent_of(letters_, at, end, {within, within, false});
        cover_all_of(kind, at, extent);
        return extent.end;
    }

    void cover_all_of(Kind kind, std::size_t at, Extent extent) {
        const bool is_understood = cover_value(cover_, letters_, kind, at, extent);
        is_settled_ = is_settled_ && is_understood && letters_.is_plain() && begins_line_;
        cover_proofs(at, extent.end);
    }
    void hide(std::size_t begin, std::size_t end) {
        const std::size_t before = cover_.covered();
        cover_letters(cover_, letters_, begin, end);
        is_settled_ = is_settled_ && cover_.covered() == before;
    }

    // --- where it ends --------------------------------------------------------------------------

    /// The extent of a header whose value begins at `at`.
    [[nodiscard]] Extent extent_from(std::size_t at) const {
        const unsigned lines = std::max(begins_line_ ? line_depth_ : 0, in_string_ ? 1U : 0U);
        return extent_of(letters_, at, letters_.size(),
                         {lines, begins_line_ && lines == 0 ? any_quotes : lines,
                          begins_line_ && form_ != Form::event});
    }

    [[nodiscard]] std::size_t end_of_brackets(std::size_t at) const {
        const unsigned depth = letters_.depth(at);
        std::size_t open = 0;
        bool in_string = false;
        for (; at < letters_.size(); ++at) {
            if (letters_[at] == '"' && letters_.depth(at) <= depth) in_string = !in_string;
            if (in_string) continue;
            if (is_one_of(letters_[at], "[{")) ++open;
            if (is_one_of(letters_[at], "]}") && --open == 0) return at;
        }
        return at;
    }

    // --- in URIs ------------------------------------------------------------------------------

    /// Covers the whole value of a header in a URI (RFC 3261 19.1.1).
    std::size_t cover_in_uri(std::size_t at) {
        const auto ends = [&](std::size_t i) {
            return letters_.is_line_end(i) || is_one_of(letters_[i], "<>&\"");
        };
        const std::size_t begin = at;
        bool has_escapes = false;
        const auto go_on = [&](auto until) {
            for (; at < letters_.size(); ++at) {
                if (letters_.depth(at) == Letters::in_uri) {
                    has_escapes = true;
                } else if (until(at)) {
                    break;
                }
            }
        };
        go_on([&](std::size_t i) { return ends(i) || letters_.is_space(i); });
        // A blank should have been escaped and is part of the value, unless the version of the
        // start line follows.
        if (!has_escapes && at < letters_.size() && letters_.is_space(at) && !is_version(at + 1)) {
            const auto ends_line = [&](std::size_t i) {
                return letters_.is_line_end(i) || is_one_of(letters_[i], "<>&") ||
                       (letters_.is_space(i) && is_version(i + 1));
            };
            go_on(ends_line);
        }
        hide(begin, at);
        return at;
    }

    [[nodiscard]] bool is_version(std::size_t at) const {
        return equal_without_case(text_.substr(letters_.offset(at), 4), "SIP/") ||
               equal_without_case(text_.substr(letters_.offset(at), 5), "HTTP/");
    }

    // --- without a header's name ----------------------------------------------------------------

    /// Covers `response="..."` that begins a line or follows a comma, or has a proof's digits.
    std::size_t mask_secret(std::size_t begin) {
        std::size_t end = 0;
        for (const auto name : secrets) {
            if (end == 0) end = word_end(letters_, begin, name);
        }
        if (end == 0) return 0;
        std::size_t at = end;
        const bool is_key = is_quote(at);
        if (is_key) ++at;
        at = behind_blanks(at);
        if (!is(at, '=') && !is(at, ':')) return 0;
        const bool is_parameter = is(at, '=') && !is_key &&
                                  (begins_line_ || is(before_blanks(letters_, begin, 0) - 1, ','));
        at = behind_blanks(at + 1);
        const bool is_quoted = is_quote(at);
        const std::size_t open = at;
        if (is_quoted) ++at;
        const std::size_t value = at;
        while (at < letters_.size() && is_hex(letters_[at])) ++at;
        if (at - value < least_proof) {
            if (!is_parameter || !is_quoted) return 0;
            at = value;
            while (at < letters_.size() && !letters_.is_line_end(at) && !closes(at, open)) {
                ++at;
            }
        }
        hide(value, at);
        return at;
    }

    /// Covers proofs in the parts of a value that stay readable.
    void cover_proofs(std::size_t begin, std::size_t end) {
        for (std::size_t at = begin; at < end;) {
            if (!is_word(letters_[at])) {
                ++at;
                continue;
            }
            const std::size_t next = may_begin_name(letters_, at) ? mask_secret(at) : 0;
            if (next != 0) {
                at = next;
                continue;
            }
            while (at < end && is_word(letters_[at])) ++at;
        }
    }

    /// Covers `Digest response=...`, and quoted strings of a scheme and a token.
    std::size_t mask_scheme(std::size_t begin) {
        if (std::size_t at = word_end(letters_, begin, "digest"); at != 0) {
            const std::size_t value = behind_blanks(at);
            if (value == at) return 0;
            std::string name;
            for (at = value; at < letters_.size() && is_token(letters_[at]); ++at) {
                name += letters_[at];
            }
            if (!is_parameter(name) || !is(behind_blanks(at), '=')) return 0;
            const Extent extent = extent_from(value);
            cover_all_of(Kind::info, value, extent);
            return extent.end;
        }
        for (const std::string_view scheme : {"basic", "bearer"}) {
            const std::size_t at = word_end(letters_, begin, scheme);
            if (at == 0 || begin == 0 || !is_quote(begin - 1)) continue;
            const std::size_t value = behind_blanks(at);
            std::size_t end = value;
            while (end < letters_.size() && is_token68(letters_[end])) ++end;
            if (value == at || end == value || !is(end, letters_[begin - 1])) continue;
            hide(value, end);
            return end;
        }
        return 0;
    }

    /// The first line of a text that lost its beginning may be the rest of credentials. Returns the
    /// place behind the covered rest; 0: nothing was covered.
    std::size_t cover_rest() {
        std::size_t begin = 0;
        while (begin < letters_.size() &&
               (letters_.is_line_end(begin) || letters_.is_space(begin) || letters_[begin] == 0)) {
            ++begin;
        }
        const std::size_t line_end =
            extent_of(letters_, begin, letters_.size(), {0, any_quotes, false}).end;
        const std::size_t end =
            extent_of(letters_, begin, letters_.size(), {0, any_quotes, true}).end;
        std::size_t name_end = begin;
        while (name_end < end && is_token(letters_[name_end])) ++name_end;
        const std::size_t colon = behind_blanks(name_end);
        if (is(colon, ':') && colon < line_end) {
            std::string name;
            for (std::size_t i = begin; i < name_end; ++i) name += letters_[i];
            if (header_name(letters_, begin)) return 0;
            if (const auto kind = kind_of_cut_name(name)) {
                cover_all_of(*kind, colon + 1, {end, 0});
                return end;
            }
        }
        if (const std::size_t trace = find_trace(begin, line_end); trace < line_end) {
            hide(begin, trace);
            cover_all_of(Kind::info, trace, {end, 0});
            return end;
        }
        // A single word before the headers is the rest of a token.
        constexpr std::size_t least = 8;
        if (line_end - begin < least || line_end == letters_.size()) return 0;
        for (std::size_t i = begin; i < line_end; ++i) {
            if (!is_token68(letters_[i])) return 0;
        }
        hide(begin, line_end);
        return line_end;
    }

    /// Where the first Digest parameter between `begin` and `end` begins; `end`: there is none.
    [[nodiscard]] std::size_t find_trace(std::size_t begin, std::size_t end) const {
        for (std::size_t at = begin; at < end; ++at) {
            if (!is_word(letters_[at])) continue;
            if (at == begin || is_one_of(letters_[at - 1], ", \t\r\n\"")) {
                const std::size_t behind = parameter_end(letters_, at);
                if (behind != 0 && is(behind_blanks(behind), '=')) return at;
            }
            while (at + 1 < end && is_word(letters_[at + 1])) ++at;
        }
        return end;
    }

    // --- letters --------------------------------------------------------------------------------

    [[nodiscard]] bool is(std::size_t at, char c) const {
        return at < letters_.size() && letters_[at] == c;
    }
    [[nodiscard]] bool is_quote(std::size_t at) const { return is(at, '"') || is(at, '\''); }
    static bool is_one_of(char c, std::string_view set) { return set.find(c) != npos; }
    /// RFC 7235 2.1, and `*`, which covers.
    static bool is_token68(char c) { return (is_word(c) || is_one_of(c, ".~+/=")) || c == '*'; }
    /// The place behind blanks, and behind line ends that blanks follow.
    [[nodiscard]] std::size_t behind_blanks(std::size_t at) const {
        while (at < letters_.size()) {
            std::size_t blank = at;
            while (blank < letters_.size() && letters_.is_line_end(blank)) ++blank;
            if (blank == letters_.size() || !letters_.is_space(blank)) return at;
            at = blank + 1;
        }
        return at;
    }
    /// True: the quote at `at` closes the string that the quote at `open` opened, or one around it.
    [[nodiscard]] bool closes(std::size_t at, std::size_t open) const {
        return letters_[at] == letters_[open] && letters_.depth(at) <= letters_.depth(open);
    }

    Cover& cover_;
    const Form form_;
    const std::string_view text_;  ///< before this pass covers anything
    const Letters letters_;
    bool is_json_ = false;
    bool in_string_ = false;   ///< inside a JSON string
    bool begins_line_ = true;  ///< no word since the last line end
    unsigned line_depth_ = 0;  ///< depth of the last line end
    bool is_settled_ = true;
};

}  // namespace

bool cover_credentials(Cover& cover, Form form) {
    return Search(cover, form).run();
}

void cover_summary(Cover& cover) {
    const Letters letters(cover.text());
    for (std::size_t at = 0; at < letters.size(); ++at) {
        if (!is_word(letters[at]) || (at > 0 && is_word(letters[at - 1]))) continue;
        std::size_t end = 0;
        if (const auto name = header_name(letters, at); name && name->kind != Kind::challenge) {
            end = name->end;
        }
        for (const auto name : secrets) {
            const std::size_t behind = end == 0 ? word_end(letters, at, name) : 0;
            if (behind < letters.size() && behind != 0 && letters[behind] == '=') end = behind + 1;
        }
        if (end == 0) continue;
        return cover.cover_text(letters.offset(end), cover.text().size());
    }
}

}  // namespace ci::sip
