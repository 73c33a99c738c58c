// What `search` is asked: words that must all hold (docs/search.md).
//
//   from=alice status=5xx,486 since=2d duration>90s "a part of a Call-ID"
//
// One parser serves the index, which narrows its rows by the terms, and whatever looks at rows as
// they change. Both decide by matches().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/row.h"
#include "calls/rules.h"
#include "wire/micros.h"
#include "wire/network.h"
#include "wire/result.h"

namespace ci::calls {

enum class Field : std::uint8_t {
    any,  ///< a bare word
    from,
    to,
    user,
    ip,
    port,
    host,
    status,
    outcome,
    method,
    kind,
    ua,
    finding,
    call,
    since,
    until,
    duration,
    pdd
};
enum class Operator : std::uint8_t { equal, not_equal, part, less, greater };

/// One of the values of a term. What a field does not need is empty.
struct Value {
    std::string text;                       ///< as written, without quotes
    std::int64_t low = 0;                   ///< a status, a port, a time, a span in microseconds,
    std::int64_t high = 0;                  ///< or the last that is meant: 5xx is 500 to 599
    std::string user, host;                 ///< alice, or alice@example.com
    std::string number;                     ///< number_of(user)
    std::vector<wire::Network> networks;    ///< of `ip`, of a name of `host`
    std::vector<wire::Endpoint> endpoints;  ///< likewise, 192.0.2.1:5060

    friend bool operator==(const Value&, const Value&) = default;
};

struct Term {
    Field field = Field::any;
    Operator op = Operator::equal;
    std::vector<Value> values;  ///< one of them holds; with not_equal none does

    friend bool operator==(const Term&, const Term&) = default;
};

struct Expression {
    std::vector<Term> terms;  ///< all of them hold

    /// True if rows of that kind are left out because no term asks for a kind: registrations,
    /// subscriptions and OPTIONS, unless `call=` names a dialogue.
    [[nodiscard]] bool hides(Kind kind) const noexcept;
    /// True if it holds only of dialogues that were analysed: a term is about findings.
    [[nodiscard]] bool asks_for_findings() const noexcept;
    [[nodiscard]] Expression without_findings() const;
    friend bool operator==(const Expression&, const Expression&) = default;
};

/// Where an expression makes no sense, and what would be right.
struct Mistake {
    std::size_t column = 1;  ///< the first character is 1
    std::string text;        ///< "no field 'form': is from meant?"
};

/// What the words of an expression refer to.
struct Surroundings {
    wire::Micros now = 0;         ///< for since=15m
    std::vector<HostName> hosts;  ///< for host=NAME
};

inline constexpr std::size_t longest_expression = 4'096;  ///< octets
inline constexpr std::size_t most_terms = 64;
inline constexpr std::size_t most_values = 64;  ///< of one term

[[nodiscard]] wire::expected<Expression, Mistake> parse_expression(
    std::string_view text, const Surroundings& surroundings);

/// An expression that parse_expression() reads as the same.
[[nodiscard]] std::string to_text(const Expression& expression);

/// Never throws. Where a row has no such value (a call without a 18x has no `pdd`), only
/// not_equal holds.
[[nodiscard]] bool matches(const Row& row, const Expression& expression) noexcept;

}  // namespace ci::calls
