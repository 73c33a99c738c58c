#include "erlang/term_text.h"

#include <algorithm>
#include <optional>

#include "wire/utf8.h"

namespace ci::erlang {
namespace {

bool is_blank(char c) noexcept {
    return static_cast<unsigned char>(c) <= ' ';
}
bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) noexcept {
    return c >= 'a' && c <= 'z';
}
bool is_name(char c) noexcept {
    return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '@' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// The value of a digit; 36: not a digit in any base.
unsigned digit_of(char c) noexcept {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (is_lower(c)) return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A') + 10;
    return 36;
}

/// Reads the text between quotes and undoes its escapes (Erlang reference manual, 3.12).
class Literal {
  public:
    /// `is_utf8`: an escape stands for a character, not for an octet.
    Literal(std::string_view text, bool is_utf8, std::string& out)
        : text_(text), is_utf8_(is_utf8), out_(out) {}

    /// False: an escape is invalid.
    bool read() {
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c != '\\') {
                out_ += c;
            } else if (!escape()) {
                return false;
            }
        }
        return true;
    }

  private:
    bool escape() {
        if (at_ == text_.size()) return false;
        const char c = text_[at_++];
        if (c == 'x') return hexadecimal();
        if (digit_of(c) < 8) return octal(digit_of(c));
        if (c == '^') {
            if (at_ == text_.size()) return false;
            out_ += static_cast<char>(static_cast<unsigned char>(text_[at_++]) & 31U);
            return true;
        }
        constexpr std::string_view names = "bdefnrstv";
        constexpr std::string_view values = "\b\x7f\x1b\f\n\r \t\v";
        const auto found = names.find(c);
        out_ += found == std::string_view::npos ? c : values[found];
        return true;
    }
    bool octal(unsigned value) {
        for (int i = 0; i < 2 && at_ < text_.size() && digit_of(text_[at_]) < 8; ++i) {
            value = value * 8 + digit_of(text_[at_++]);
        }
        return character(value);
    }
    bool hexadecimal() {
        const bool is_braced = at_ < text_.size() && text_[at_] == '{';
        if (is_braced) ++at_;
        const std::size_t most = is_braced ? 6 : 2;
        unsigned value = 0;
        std::size_t digits = 0;
        for (; digits < most && at_ < text_.size() && digit_of(text_[at_]) < 16; ++digits) {
            value = value * 16 + digit_of(text_[at_++]);
        }
        if (digits == 0 || (!is_braced && digits != 2)) return false;
        if (is_braced && (at_ == text_.size() || text_[at_++] != '}')) return false;
        return character(value);
    }
    bool character(unsigned value) {
        if (is_utf8_) return wire::append_utf8(value, out_);
        if (value > 255) return false;
        out_ += static_cast<char>(value);
        return true;
    }

    std::string_view text_;
    bool is_utf8_;
    std::string& out_;
    std::size_t at_ = 0;
};

class Parser {
  public:
    explicit Parser(std::string_view text) noexcept : text_(text) {}

    [[nodiscard]] std::size_t at() const noexcept { return at_; }
    [[nodiscard]] TextReason why() const noexcept { return why_; }

    bool whole_term(Term& term) { return this->term(term, 0) && full_stop(); }

  private:
    bool fail(TextReason why) noexcept {
        why_ = why;
        return false;
    }
    /// Reports that the text ends here, or else a syntax error.
    bool stuck() noexcept {
        return fail(at_ == text_.size() ? TextReason::cut : TextReason::syntax);
    }
    void skip_blanks() noexcept {
        while (at_ < text_.size() && (is_blank(text_[at_]) || text_[at_] == '%')) {
            at_ = text_[at_] == '%' ? std::min(text_.find('\n', at_), text_.size()) : at_ + 1;
        }
    }
    [[nodiscard]] bool next_is(std::string_view what) const noexcept {
        return text_.substr(at_).starts_with(what);
    }
    bool take(std::string_view what) noexcept {
        skip_blanks();
        if (!next_is(what)) return false;
        at_ += what.size();
        return true;
    }
    bool must_take(std::string_view what) noexcept { return take(what) || stuck(); }

    bool full_stop() noexcept {
        if (!must_take(".")) return false;
        return at_ == text_.size() || is_blank(text_[at_]) || text_[at_] == '%' || stuck();
    }

    bool term(Term& term, std::size_t depth) {
        if (depth == deepest_text || ++terms_ > max_terms_in_text) {
            return fail(TextReason::too_large);
        }
        skip_blanks();
        if (at_ == text_.size()) return stuck();
        const char c = text_[at_];
        if (is_lower(c) || static_cast<unsigned char>(c) >= 0x80) return atom(term);
        if (is_digit(c) || c == '-') return number(term);
        if (c == '\'') return quoted(term, Term::Kind::atom, true);
        if (c == '"') return quoted(term, Term::Kind::string, false);
        if (take("<<")) return binary(term);
        if (take("[")) return items(term, Term::Kind::list, "]", depth);
        if (take("{")) return items(term, Term::Kind::tuple, "}", depth);
        if (take("#{")) return items(term, Term::Kind::map, "}", depth);
        return stuck();
    }

    bool atom(Term& term) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_name(text_[at_])) ++at_;
        term.kind = Term::Kind::atom;
        term.text = text_.substr(begin, at_ - begin);
        return true;
    }

    bool digits() noexcept {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
        return at_ > begin || stuck();
    }
    bool number(Term& term) {
        const std::size_t begin = at_;
        if (text_[at_] == '-') ++at_;
        if (!digits()) return false;
        term.kind = Term::Kind::integer;
        // "1." is an integer and a full stop, "1.0" a real.
        if (next_is(".") && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])) {
            ++at_;
            if (!digits()) return false;
            term.kind = Term::Kind::real;
            if (next_is("e") || next_is("E")) {
                ++at_;
                if (next_is("-") || next_is("+")) ++at_;
                if (!digits()) return false;
            }
        }
        term.text = text_.substr(begin, at_ - begin);
        return true;
    }

    /// The text up to the closing quote. Empty: there is none.
    std::optional<std::string_view> quoted_text() noexcept {
        const char quote = text_[at_];
        for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
            if (text_[end] == '\\') {
                ++end;
            } else if (text_[end] == quote) {
                const auto inside = text_.substr(at_ + 1, end - at_ - 1);
                at_ = end + 1;
                return inside;
            }
        }
        at_ = text_.size();
        return std::nullopt;
    }
    bool read_literal(std::string_view inside, bool is_utf8, std::string& out) {
        return Literal(inside, is_utf8, out).read() || fail(TextReason::syntax);
    }

    bool quoted(Term& term, Term::Kind kind, bool is_single) {
        term.kind = kind;
        do {
            const auto inside = quoted_text();
            if (!inside) return stuck();
            if (!read_literal(*inside, true, term.text)) return false;
            if (!is_single) skip_blanks();
        } while (!is_single && next_is("\""));
        return true;
    }

    bool binary(Term& term) {
        term.kind = Term::Kind::binary;
        if (take(">>")) return true;
        do {
            skip_blanks();
            if (!(next_is("\"") ? text_segment(term.text) : octet(term.text))) return false;
        } while (take(","));
        return must_take(">>");
    }
    bool text_segment(std::string& out) {
        const std::size_t begin = at_;
        const auto skip_literals = [&] {
            while (next_is("\"")) {
                if (!quoted_text()) return false;
                skip_blanks();
            }
            return true;
        };
        if (!skip_literals()) return stuck();
        const std::size_t end = at_;
        const bool is_utf8 = take("/utf8");
        const std::size_t behind = at_;
        at_ = begin;
        while (at_ < end) {
            const auto inside = quoted_text();
            if (!inside || !read_literal(*inside, is_utf8, out)) return false;
            skip_blanks();
        }
        at_ = behind;
        return true;
    }
    bool octet(std::string& out) {
        unsigned value = 0;
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_digit(text_[at_]) && at_ - begin < 3) {
            value = value * 10 + digit_of(text_[at_++]);
        }
        if (at_ == begin || value > 255) return stuck();
        out += static_cast<char>(value);
        return true;
    }

    bool items(Term& term, Term::Kind kind, std::string_view close, std::size_t depth) {
        term.kind = kind;
        if (take(close)) return true;
        do {
            if (!this->term(term.items.emplace_back(), depth + 1)) return false;
            if (kind != Term::Kind::map) continue;
            if (!must_take("=>")) return false;
            if (!this->term(term.items.emplace_back(), depth + 1)) return false;
        } while (take(","));
        return must_take(close);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t terms_ = 0;
    TextReason why_ = TextReason::syntax;
};

}  // namespace

wire::Result<Term, TextReason> take_term_text(std::string_view& text) {
    Parser parser(text);
    Term term;
    if (!parser.whole_term(term)) {
        return wire::Rejection<TextReason>{parser.why(), std::min(parser.at(), text.size())};
    }
    text.remove_prefix(parser.at());
    return term;
}

}  // namespace ci::erlang
