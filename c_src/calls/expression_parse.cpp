#include <algorithm>
#include <array>
#include <utility>

#include "calls/expression.h"
#include "calls/expression_fields.h"
#include "chunk/chunk.h"
#include "sip/text.h"
#include "wire/text.h"
#include "wire/utf8.h"

namespace ci::calls {
namespace {

using wire::npos;

/// Inside of parse_expression() only.
struct WrongAt {
    std::size_t at;  ///< octet
    std::string text;
};

std::string quoted(std::string_view text) {
    return "'" + std::string(text) + "'";
}

bool is_blank(char c) noexcept {
    return sip::is_blank(c);
}

/// How many characters are to be inserted, removed or replaced to make `a` of `b`.
std::size_t distance(std::string_view a, std::string_view b) {
    std::array<std::size_t, 32> row{};
    if (a.size() >= row.size() || b.size() >= row.size()) return row.size();
    for (std::size_t j = 0; j <= b.size(); ++j) row.at(j) = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row.at(j);
            row.at(j) = std::min({replaced, row.at(j) + 1, row.at(j - 1) + 1});
        }
    }
    return row.at(b.size());
}

std::string unknown_field(std::string_view name) {
    std::string lowered(name), all, nearest;
    for (char& c : lowered) c = sip::to_lower(c);
    std::size_t least = 3;
    for (const FieldRule& rule : field_rules()) {
        all.append(all.empty() ? "" : ", ").append(rule.name);
        const std::size_t far = distance(lowered, rule.name);
        if (far >= least || far >= rule.name.size()) continue;
        least = far;
        nearest = rule.name;
    }
    std::string text = "no field " + quoted(name);
    if (!nearest.empty()) return text + "; is " + nearest + " meant?";
    return text + "; there are " + all + " (a word that is no field stands in double quotes)";
}

class Parser {
  public:
    Parser(std::string_view text, const Surroundings& surroundings)
        : text_(text), surroundings_(surroundings) {}

    /// False: wrong() says why.
    bool parse(Expression& expression) {
        for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
            if (expression.terms.size() == most_terms) {
                return fail(at_, "at most " + std::to_string(most_terms) + " words");
            }
            if (!parse_term(expression.terms.emplace_back())) return false;
        }
        return true;
    }
    [[nodiscard]] const WrongAt& wrong() const noexcept { return wrong_; }

  private:
    bool fail(std::size_t at, std::string text) {
        wrong_ = {at, std::move(text)};
        return false;
    }
    void skip_blanks() noexcept {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }
    [[nodiscard]] bool next_is(char c) const noexcept {
        return at_ < text_.size() && text_[at_] == c;
    }

    bool parse_term(Term& term) {
        const std::size_t begin = at_;
        const FieldRule* rule = &bare_word();
        std::size_t end = at_;
        while (end < text_.size() && is_letter(text_[end])) ++end;
        const bool has_operator = end < text_.size() && operator_letters.find(text_[end]) != npos;
        if (has_operator) {
            const auto name = text_.substr(begin, end - begin);
            if (name.empty()) return fail(begin, no_field_before(text_[end]));
            rule = find(name);
            if (rule == nullptr) return fail(begin, unknown_field(name));
            at_ = end;
            if (!parse_operator(*rule, term.op)) return false;
        }
        term.field = rule->field;
        return parse_values(*rule, term);
    }

    static bool is_letter(char c) noexcept {
        const char lower = sip::to_lower(c);
        return (lower >= 'a' && lower <= 'z') || c == '_';
    }

    static std::string no_field_before(char c) {
        return "a field is missing before " + quoted(std::string(1, c)) +
               ", as in from=alice; a word that begins so stands in double quotes";
    }

    static const FieldRule* find(std::string_view name) noexcept {
        for (const FieldRule& rule : field_rules()) {
            if (sip::equal_without_case(rule.name, name)) return &rule;
        }
        return nullptr;
    }

    bool parse_operator(const FieldRule& rule, Operator& op) {
        const std::size_t begin = at_;
        const char first = text_[at_++];
        const auto letter = operator_letters.find(first);
        if (first == '!' && !next_is('=')) return fail(begin, "'!' alone; != is meant");
        if (first == '!') ++at_;
        if (next_is('=') || next_is('~')) {
            const auto written = text_.substr(begin, at_ + 1 - begin);
            return fail(begin, "no operator " + quoted(written) + "; there are =, !=, ~, < and >");
        }
        if (rule.operators.find(first) == npos) {
            std::string all;
            for (const char one : rule.operators) {
                all.append(all.empty() ? "" : " or ")
                    .append(operator_texts[operator_letters.find(one)]);
            }
            return fail(begin, std::string(rule.name) + " takes " + all);
        }
        op = static_cast<Operator>(letter);
        return true;
    }

    bool parse_values(const FieldRule& rule, Term& term) {
        while (true) {
            const std::size_t begin = at_;
            if (term.values.size() == most_values) {
                return fail(begin, "at most " + std::to_string(most_values) + " values");
            }
            Value& value = term.values.emplace_back();
            if (next_is('"') ? !parse_quoted(value.text) : !parse_plain(value.text)) return false;
            if (!check(rule, term.op, value, begin)) return false;
            if (!next_is(',')) return true;
            ++at_;
        }
    }

    bool check(const FieldRule& rule, Operator op, Value& value, std::size_t begin) {
        if (value.text.empty() && (op == Operator::part || rule.field == Field::any)) {
            return fail(begin, "an empty text is a part of every text");
        }
        const std::string right = rule.read(value, surroundings_);
        if (right.empty()) return check_order(op, value, begin);
        return fail(begin, std::string(rule.name) + " is " + right + ", not " + quoted(value.text));
    }

    bool check_order(Operator op, const Value& value, std::size_t begin) {
        const bool is_order = op == Operator::less || op == Operator::greater;
        if (!is_order || value.low == value.high) return true;
        return fail(begin, "< and > take one value, not the range " + quoted(value.text));
    }

    bool parse_plain(std::string& value) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != ',') ++at_;
        value = text_.substr(begin, at_ - begin);
        if (!value.empty()) return true;
        return fail(begin, begin > 0 && text_[begin - 1] == ','
                               ? "a value is missing behind the comma"
                               : "a value is missing (a blank or a comma in it: double quotes)");
    }

    bool parse_quoted(std::string& value) {
        const std::size_t begin = at_++;
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            const bool is_escape = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                                   (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\');
            if (is_escape) ++at_;
            value += text_[at_];
        }
        if (at_ == text_.size()) return fail(begin, "this double quote is never closed");
        ++at_;
        if (at_ == text_.size() || is_blank(text_[at_]) || text_[at_] == ',') return true;
        return fail(at_, "a blank or a comma belongs behind the closing quote");
    }

    std::string_view text_;
    const Surroundings& surroundings_;
    std::size_t at_ = 0;
    WrongAt wrong_{};
};

/// The column of an octet, counted in characters.
std::size_t column_of(std::string_view text, std::size_t at) {
    std::size_t column = 1;
    for (auto rest = text.substr(0, at); !rest.empty(); ++column) {
        rest.remove_prefix(std::max<std::size_t>(wire::utf8_length(rest), 1));
    }
    return column;
}

/// Characters that a value may have without quotes, however the parser would split it.
bool is_plain(std::string_view text) noexcept {
    constexpr std::string_view plain = "@._:+-*#/[]%";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        const char lower = sip::to_lower(c);
        return (lower >= 'a' && lower <= 'z') || sip::is_digit(c) || plain.find(c) != npos;
    });
}

void append_value(std::string_view text, std::string& out) {
    if (is_plain(text)) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

std::string_view name_of(Field field) noexcept {
    for (const FieldRule& rule : field_rules()) {
        if (rule.field == field) return rule.name;
    }
    return {};
}

}  // namespace

wire::expected<Expression, Mistake> parse_expression(std::string_view text,
                                                     const Surroundings& surroundings) {
    const std::string words = chunk::to_utf8(text);  // as texts of rows are
    if (words.size() > longest_expression) {
        return Mistake{1, "longer than " + std::to_string(longest_expression) + " octets"};
    }
    Expression expression;
    Parser parser(words, surroundings);
    if (parser.parse(expression)) return expression;
    return Mistake{column_of(words, parser.wrong().at), parser.wrong().text};
}

std::string to_text(const Expression& expression) {
    std::string out;
    for (const Term& term : expression.terms) {
        if (!out.empty()) out += ' ';
        if (term.field != Field::any) {
            out += name_of(term.field);
            out += operator_texts[static_cast<std::size_t>(term.op)];
        }
        bool is_first = true;
        for (const Value& value : term.values) {
            if (!std::exchange(is_first, false)) out += ',';
            append_value(value.text, out);
        }
    }
    return out;
}

}  // namespace ci::calls
