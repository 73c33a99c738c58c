#include <algorithm>

#include "calls/expression.h"
#include "calls/uri.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::calls {
namespace {

using sip::equal_without_case;

bool contains(std::string_view text, std::string_view part) noexcept {
    if (part.empty()) return true;
    const char first = sip::to_lower(part.front());
    for (std::size_t i = 0; i + part.size() <= text.size(); ++i) {
        if (sip::to_lower(text[i]) == first &&
            equal_without_case(text.substr(i, part.size()), part)) {
            return true;
        }
    }
    return false;
}

bool is_user(std::string_view user, std::string_view host, const Value& value) {
    if (!value.host.empty() && !equal_without_case(host, value.host)) return false;
    if (equal_without_case(user, value.user)) return true;
    return !value.number.empty() && same_number(number_of(user), value.number);
}

/// A part of alice@example.com, of a name, or of a number's digits.
bool is_part(const Party& party, const Value& value) {
    if (contains(party.user + "@" + party.host, value.text) || contains(party.name, value.text)) {
        return true;
    }
    const bool are_digits = std::all_of(value.text.begin(), value.text.end(), sip::is_digit);
    return are_digits && contains(number_of(party.user), value.text);
}

bool holds_of(const Party& party, Operator op, const Value& value) {
    return op == Operator::part ? is_part(party, value) : is_user(party.user, party.host, value);
}

bool is_of_user(const Row& row, Operator op, const Value& value) {
    for (const Party* party : {&row.from(), &row.to(), &row.request_uri()}) {
        if (holds_of(*party, op, value)) return true;
    }
    if (row.asserted_user().empty()) return false;
    return holds_of({row.asserted_user(), {}, {}}, op, value);
}

bool is_endpoint(const Row& row, const Value& value) {
    const auto& endpoints = row.endpoints();
    return std::any_of(endpoints.begin(), endpoints.end(), [&](const wire::Endpoint& one) {
        const auto& exact = value.endpoints;
        return std::find(exact.begin(), exact.end(), one) != exact.end() ||
               std::any_of(value.networks.begin(), value.networks.end(), [&](const auto& network) {
                   return wire::contains(network, one.address);
               });
    });
}

bool has_port(const Row& row, const Value& value) {
    const auto& endpoints = row.endpoints();
    return std::any_of(endpoints.begin(), endpoints.end(),
                       [&](const auto& one) { return one.port == value.low; });
}

bool is_text(std::string_view text, Operator op, const Value& value) noexcept {
    return op == Operator::part ? contains(text, value.text) : equal_without_case(text, value.text);
}

bool is_one_of(const std::vector<std::string>& texts, Operator op, const Value& value) noexcept {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const auto& text) { return is_text(text, op, value); });
}

template <class Number>
bool compares(const std::optional<Number>& number, Operator op, const Value& value) noexcept {
    if (!number) return false;
    if (op == Operator::less) return *number < value.low;
    if (op == Operator::greater) return *number > value.high;
    return *number >= value.low && *number <= value.high;
}

bool is_any(const Row& row, const Value& value) {
    return is_of_user(row, Operator::equal, value) || is_endpoint(row, value) ||
           contains(row.call_id(), value.text);
}

bool holds(const Row& row, Field field, Operator op, const Value& value) {
    switch (field) {
        case Field::any:
            return is_any(row, value);
        case Field::from:
            return holds_of(row.from(), op, value);
        case Field::to:
            return holds_of(row.to(), op, value);
        case Field::user:
            return is_of_user(row, op, value);
        case Field::ip:
        case Field::host:
            return is_endpoint(row, value);
        case Field::port:
            return has_port(row, value);
        case Field::status:
            return compares(row.status(), op, value);
        case Field::outcome:
            return static_cast<std::int64_t>(row.outcome()) == value.low;
        case Field::method:
            return row.has_method(value.text);
        case Field::kind:
            return static_cast<std::int64_t>(row.kind()) == value.low;
        case Field::ua:
            return is_one_of(row.user_agents(), op, value);
        case Field::finding:
            return is_one_of(row.findings(), op, value);
        case Field::call:
            // A Call-ID is compared octet by octet (RFC 3261 8.1.1.4); a part is typed by people.
            return op == Operator::part ? contains(row.call_id(), value.text)
                                        : row.call_id() == value.text;
        case Field::since:
            return row.last() >= value.low;
        case Field::until:
            return row.start() <= value.high;
        case Field::duration:
            return compares(row.duration(), op, value);
        case Field::pdd:
            return compares(row.post_dial_delay(), op, value);
    }
    return false;
}

bool holds(const Row& row, const Term& term) {
    const bool is_not = term.op == Operator::not_equal;
    const Operator op = is_not ? Operator::equal : term.op;
    const bool any = std::any_of(term.values.begin(), term.values.end(), [&](const Value& value) {
        return holds(row, term.field, op, value);
    });
    return any != is_not;
}

bool is_about_findings(const Term& term) noexcept {
    return term.field == Field::finding;
}

}  // namespace

bool Expression::hides(Kind kind) const noexcept {
    if (kind != Kind::registration && kind != Kind::subscription && kind != Kind::options) {
        return false;
    }
    return std::none_of(terms.begin(), terms.end(), [](const Term& term) {
        return term.field == Field::kind ||
               (term.field == Field::call && term.op == Operator::equal);
    });
}

bool Expression::asks_for_findings() const noexcept {
    return std::any_of(terms.begin(), terms.end(), is_about_findings);
}

Expression Expression::without_findings() const {
    Expression rest = *this;
    std::erase_if(rest.terms, is_about_findings);
    return rest;
}

bool matches(const Row& row, const Expression& expression) noexcept {
    if (expression.hides(row.kind())) return false;
    return std::all_of(expression.terms.begin(), expression.terms.end(),
                       [&](const Term& term) { return holds(row, term); });
}

}  // namespace ci::calls
