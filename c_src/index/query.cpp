#include "index/query.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "calls/uri.h"
#include "index/dialogue_table.h"
#include "store/disk/path.h"

namespace ci::index {
namespace {

using calls::Field;
using calls::Operator;
using calls::Term;
using calls::Value;

class Union {
  public:
    void add(std::string_view text, std::vector<Parameter> parameters) {
        sql_.text.append(sql_.text.empty() ? "" : " UNION ALL ").append(text);
        std::move(parameters.begin(), parameters.end(), std::back_inserter(sql_.parameters));
    }
    [[nodiscard]] Sql take() { return std::move(sql_); }

  private:
    Sql sql_;
};

/// Users of that text; of a number those that have its digits at their end, and those that are its
/// end. False: nothing can be looked up.
bool add_user(const Value& value, Union& found) {
    if (value.user.empty()) return false;
    constexpr auto equal = "SELECT dialogue FROM users WHERE value = ?";
    if (value.number.empty()) {
        found.add(equal, {value_of_user(value.user)});
        return true;
    }
    const std::string whole = value_of_number(value.number);
    if (value.number.size() < calls::least_common_end) {
        found.add(equal, {whole});
        return true;
    }
    found.add("SELECT dialogue FROM users WHERE value >= ? AND value < ?", {whole, whole + ':'});
    for (std::size_t n = calls::least_common_end; n < value.number.size(); ++n) {
        found.add(equal, {whole.substr(0, n + 1)});
    }
    return true;
}

void add_addresses(const Value& value, Union& found) {
    for (const wire::Network& network : value.networks) {
        wire::Address low = network.base, high = network.base;
        const std::size_t size = low.family == wire::Family::ipv6 ? 16 : 4;
        for (std::size_t bit = network.prefix; bit < size * 8; ++bit) {
            const auto mask = static_cast<std::uint8_t>(0x80U >> bit % 8);
            low.bytes.at(bit / 8) = static_cast<std::uint8_t>(low.bytes.at(bit / 8) & ~mask);
            high.bytes.at(bit / 8) = static_cast<std::uint8_t>(high.bytes.at(bit / 8) | mask);
        }
        found.add("SELECT dialogue FROM endpoints WHERE address BETWEEN ? AND ?",
                  {Blob{value_of_address(low)}, Blob{value_of_address(high)}});
    }
    for (const wire::Endpoint& one : value.endpoints) {
        found.add("SELECT dialogue FROM endpoints WHERE address = ? AND port = ?",
                  {Blob{value_of_address(one.address)}, std::int64_t{one.port}});
    }
}

/// LIKE knows no case of ASCII, as calls::matches() does. The index has all that is needed.
void add_part_of_call_id(const Value& value, Union& found) {
    std::string pattern("%");
    for (const char c : value.text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    found.add("SELECT id FROM dialogues INDEXED BY by_call_id WHERE call_id LIKE ? ESCAPE '\\'",
              {pattern + '%'});
}

bool add_value(Field field, Operator op, const Value& value, Union& found) {
    switch (field) {
        case Field::from:
        case Field::to:
        case Field::user:
            return op == Operator::equal && add_user(value, found);
        case Field::ip:
        case Field::host:
            add_addresses(value, found);
            return true;
        case Field::call:
            if (op == Operator::part) {
                add_part_of_call_id(value, found);
            } else {
                const FileKey file = file_key(store::relative_path(value.text));
                found.add("SELECT id FROM dialogues WHERE file = ?", {Blob{file}});
            }
            return true;
        case Field::status:
            if (value.low < 300) return false;
            if (value.low == value.high) {
                found.add("SELECT id, start FROM dialogues WHERE status >= 300 AND status = ?",
                          {value.low});
            } else {
                found.add(
                    "SELECT id, start FROM dialogues WHERE status >= 300 AND status BETWEEN ? AND "
                    "?",
                    {value.low, value.high});
            }
            return op == Operator::equal;
        case Field::ua:
            found.add("SELECT dialogue, start FROM agents WHERE value = ?",
                      {value_of_user(value.text)});
            return op == Operator::equal;
        case Field::finding:
            found.add("SELECT dialogue FROM findings WHERE code = ?", {value_of_user(value.text)});
            // Whatever is to be analysed may have any.
            found.add("SELECT id FROM dialogues INDEXED BY by_due WHERE due IS NOT NULL", {});
            return op == Operator::equal;
        case Field::since:
            found.add("SELECT id FROM dialogues WHERE last >= ?", {value.low});
            return true;
        case Field::any:
            (void)add_user(value, found);
            add_addresses(value, found);
            add_part_of_call_id(value, found);
            return true;
        default:
            return false;
    }
}

std::optional<Sql> source_of(const Term& term) {
    if (term.op == Operator::not_equal) return std::nullopt;
    Union found;
    for (const Value& value : term.values) {
        if (!add_value(term.field, term.op, value, found)) return std::nullopt;
    }
    Sql sql = found.take();
    const bool is_one =
        term.values.size() == 1 && term.values.front().low == term.values.front().high;
    if (is_one && (term.field == Field::ua || term.field == Field::status)) sql.is_by_start = true;
    if (sql.text.empty()) return Sql{"SELECT id FROM dialogues WHERE id IS NULL", {}};
    return sql;
}

/// A look at every Call-ID.
bool is_scan(const Term& term) noexcept {
    return term.field == Field::any || (term.field == Field::call && term.op == Operator::part);
}

/// What columns tell of a term with one value or several.
void add_condition(const Term& term, Sql& sql) {
    const auto any_of = [&](std::string_view one, auto parameters) {
        sql.text += " AND (";
        for (std::size_t i = 0; i < term.values.size(); ++i) {
            sql.text.append(i == 0 ? "" : " OR ").append(one);
            for (const std::int64_t parameter : parameters(term.values[i])) {
                sql.parameters.emplace_back(parameter);
            }
        }
        sql.text += ')';
    };
    using Numbers = std::vector<std::int64_t>;
    const auto low = [](const Value& value) { return Numbers{value.low}; };
    const auto high = [](const Value& value) { return Numbers{value.high}; };
    const auto both = [](const Value& value) { return Numbers{value.low, value.high}; };
    const bool is_equal = term.op == Operator::equal;
    if (term.field == Field::since) any_of("d.last >= ?", low);
    if (term.field == Field::until) any_of("d.start <= ?", high);
    if (term.field == Field::kind && is_equal) any_of("d.kind = ?", low);
    if (term.field != Field::status) return;
    if (is_equal) any_of("d.status BETWEEN ? AND ?", both);
    if (term.op == Operator::less) any_of("d.status < ?", low);
    if (term.op == Operator::greater) any_of("d.status > ?", high);
}

bool allows(const calls::Expression& expression, calls::Kind kind) noexcept {
    return !expression.hides(kind) &&
           std::all_of(expression.terms.begin(), expression.terms.end(), [&](const Term& term) {
               if (term.field != Field::kind) return true;
               const bool is_named =
                   std::any_of(term.values.begin(), term.values.end(), [&](const Value& value) {
                       return value.low == static_cast<std::int64_t>(kind);
                   });
               return is_named == (term.op == Operator::equal);
           });
}

/// A search for registrations need not look at calls.
std::vector<std::int64_t> wanted_quiet(const calls::Expression& expression) {
    std::vector<std::int64_t> wanted;
    for (std::size_t i = 0; i < std::size(calls::kind_names); ++i) {
        const auto kind = static_cast<calls::Kind>(i);
        const std::int64_t quiet = is_quiet(kind) ? 1 : 0;
        const bool is_known = std::find(wanted.begin(), wanted.end(), quiet) != wanted.end();
        if (!is_known && allows(expression, kind)) wanted.push_back(quiet);
    }
    return wanted;
}

}  // namespace

Query query_of(const calls::Expression& expression) {
    Query query;
    std::vector<Sql> scans;
    for (const Term& term : expression.terms) {
        add_condition(term, query.conditions);
        if (term.field == Field::since && term.values.size() == 1) {
            query.since = std::max(query.since.value_or(0), term.values.front().low);
        }
        if (term.field == Field::until && term.values.size() == 1) {
            query.until = std::min(query.until, term.values.front().high);
        }
        auto source = source_of(term);
        if (!source) continue;
        (is_scan(term) ? scans : query.sources).push_back(*std::move(source));
    }
    std::move(scans.begin(), scans.end(), std::back_inserter(query.sources));
    query.quiet = wanted_quiet(expression);
    return query;
}

}  // namespace ci::index
