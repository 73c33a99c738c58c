#include "commands/call_pages.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "calls/joining.h"
#include "commands/numbers.h"
#include "commands/row_findings.h"
#include "commands/search.h"
#include "wire/patience.h"

namespace ci::commands {
namespace {

using calls::Expression;
using calls::Row;

void add_term(Expression& expression, calls::Field field, calls::Value value) {
    expression.terms.push_back({field, calls::Operator::equal, {std::move(value)}});
}

/// True if rows are shown by one side of theirs alone.
bool is_narrow(const PageWanted& wanted) {
    return wanted.sight && !wanted.sight->sees_all() && !wanted.sight->is_whole;
}

/// What the index finds quickly of it: all that is in scope is in there.
void add_scope(Expression& expression, const calls::Scope& scope) {
    const bool are_networks =
        !scope.networks.empty() && scope.numbers.empty() && scope.domains.empty();
    if (!are_networks) return;
    calls::Value value;
    value.networks = scope.networks;
    add_term(expression, calls::Field::ip, std::move(value));
}

/// Of what had begun by the place, and may be seen.
Expression narrowed(const PageWanted& wanted) {
    Expression expression = wanted.expression;
    if (is_narrow(wanted)) expression = calls::without_far_side(expression);
    if (wanted.sight && !wanted.sight->sees_all()) add_scope(expression, wanted.sight->scope);
    if (!wanted.behind) return expression;
    calls::Value until;
    until.low = until.high = wanted.behind->start;
    add_term(expression, calls::Field::until, std::move(until));
    return expression;
}

void analyse(inspector::Inspector& inspector, Row& row) {
    wire::may_go_on();
    note_findings(inspector, row);
}

/// False: it is not in scope. Takes away what may not be seen of it.
bool may_see(Row& row, const PageWanted& wanted) {
    if (!wanted.sight || wanted.sight->sees_all()) return true;
    if (!calls::is_in(wanted.sight->scope, row)) return false;
    calls::narrow(row, *wanted.sight);
    return true;
}

/// Leaves out what earlier pages showed, and finds where the next one begins.
class Pager {
  public:
    explicit Pager(const std::optional<PagePlace>& behind)
        : skip_(behind.value_or(PagePlace())), last_(skip_) {}

    /// False: an earlier page showed it.
    bool is_new(const Row& row) noexcept {
        if (skip_.shown == 0 || row.start() != skip_.start) return true;
        --skip_.shown;
        return false;
    }

    void shows(const Row& row) noexcept {
        if (row.start() != last_.start) last_ = {row.start(), 0};
        ++last_.shown;
    }

    [[nodiscard]] const PagePlace& last() const noexcept { return last_; }

  private:
    PagePlace skip_, last_;
};

/// The calls of one page; of a dialogue they tell whether it stands for its call.
class CallsOfPage {
  public:
    CallsOfPage(inspector::Inspector& inspector, const PageWanted& wanted)
        : inspector_(inspector),
          dialogues_(inspector.index()->dialogues()),
          wanted_(wanted),
          expression_(wanted.expression) {}

    /// The call's row; empty: it stands elsewhere, by a leg that began before.
    std::optional<std::string> take(const Row& row, bool findings) {
        if (shown_.contains(row.call_id())) return std::nullopt;
        const calls::Joined joined = calls::join(*dialogues_, row.call_id());
        std::vector<std::string> legs;
        std::vector<std::string> codes;
        std::optional<Row> first;
        for (const calls::Leg& leg : joined.legs) {
            const bool is_this = leg.call_id == row.call_id();
            std::optional<Row> known = is_this ? row : stored_row(leg.call_id);
            if (!known) continue;
            const bool is_theirs = is_this || may_see(*known, wanted_);
            if (!is_theirs && !wanted_.sight->is_whole) continue;
            const bool stands_before = !is_this && is_theirs && comes_before(*known, row);
            if (stands_before && is_wanted(*known)) return std::nullopt;
            if (findings && !known->has_findings()) analyse(inspector_, *known);
            add_findings(*known, codes);
            if (!first && leg.outline.is_call) first = std::move(known);
            legs.push_back(leg.call_id);
        }
        if (legs.empty()) legs.push_back(row.call_id());
        shown_.insert(legs.begin(), legs.end());
        if (!first) first = row;
        first->set_findings(std::move(codes));
        return call_json(*first, legs, joined.incomplete);
    }

  private:
    static bool comes_before(const Row& a, const Row& b) {
        return std::make_pair(a.start(), a.call_id()) < std::make_pair(b.start(), b.call_id());
    }

    std::optional<Row> stored_row(const std::string& call_id) {
        Expression expression;
        calls::Value value;
        value.text = call_id;
        add_term(expression, calls::Field::call, std::move(value));
        auto found = inspector_.index()->search(expression, 1);
        if (found.rows.empty()) return std::nullopt;
        return std::move(found.rows.front());
    }

    static void add_findings(const Row& row, std::vector<std::string>& codes) {
        if (!row.has_findings()) return;
        for (const std::string& code : row.findings()) {
            if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
        }
    }

    bool is_wanted(Row& row) {
        if (expression_.asks_for_findings() && !row.has_findings()) analyse(inspector_, row);
        return calls::matches(row, expression_);
    }

    inspector::Inspector& inspector_;
    const std::unique_ptr<calls::Dialogues> dialogues_;
    const PageWanted& wanted_;
    const Expression& expression_;
    std::set<std::string> shown_;
};

/// `line_of`: the row as it is shown; empty: it is not.
template <class LineOf>
Page page_of(inspector::Inspector& inspector, const PageWanted& wanted, LineOf line_of) {
    Page page;
    Pager pager(wanted.behind);
    const auto take = [&](Row& row) {
        wire::may_go_on();
        if (!may_see(row, wanted)) return false;
        if (is_narrow(wanted) && !calls::matches(row, wanted.expression)) return false;
        auto line = line_of(row);
        if (!line || !pager.is_new(row)) return false;
        // One more than is shown tells that there is a next page.
        if (page.rows.size() == wanted.most) {
            page.next = pager.last();
            return true;
        }
        pager.shows(row);
        page.rows.push_back(*std::move(line));
        return true;
    };
    const auto look = [&](Row& row) { analyse(inspector, row); };
    page.incomplete =
        inspector.index()->search(narrowed(wanted), wanted.most + 1, look, take).incomplete;
    return page;
}

}  // namespace

std::string cursor_of(const PagePlace& place) {
    return std::to_string(place.start) + "." + std::to_string(place.shown);
}

std::optional<PagePlace> page_place_of(std::string_view cursor) {
    const std::size_t dot = std::min(cursor.find('.'), cursor.size());
    const auto start = whole_number<wire::Micros>(cursor.substr(0, dot));
    const auto shown = whole_number<std::uint32_t>(cursor.substr(std::min(dot + 1, cursor.size())));
    if (!start || !shown) return std::nullopt;
    return PagePlace{*start, *shown};
}

Page page_of_dialogues(inspector::Inspector& inspector, const PageWanted& wanted) {
    return page_of(inspector, wanted, [&](Row& row) -> std::optional<std::string> {
        if (wanted.findings && !row.has_findings()) analyse(inspector, row);
        return row_json(row);
    });
}

Page page_of_calls(inspector::Inspector& inspector, const PageWanted& wanted) {
    CallsOfPage calls(inspector, wanted);
    return page_of(inspector, wanted,
                   [&](const Row& row) { return calls.take(row, wanted.findings); });
}

}  // namespace ci::commands
