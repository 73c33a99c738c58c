#include "index/search.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "index/query.h"

namespace ci::index {
namespace {

/// What has an order of its own is read from its newest dialogue on from this many on.
constexpr std::int64_t some = 1'000;

/// From that many dialogues of a source on it is quicker to look at all there are, the newest
/// first, until enough match: either way some `sqrt(rows wanted * all)` are looked at.
std::int64_t many(Database& database) {
    constexpr double looked_at = 20;  // for 50 rows; a dialogue that is looked up costs more
    const auto all =
        static_cast<double>(database.number("SELECT ifnull(max(id), 0) FROM dialogues"));
    return std::max(some, static_cast<std::int64_t>(std::sqrt(looked_at * all)));
}

void bind(Statement& statement, const std::vector<Parameter>& parameters, int& place) {
    for (const Parameter& one : parameters) {
        if (const auto* number = std::get_if<std::int64_t>(&one)) {
            statement.bind(place++, *number);
        } else if (const auto* text = std::get_if<std::string>(&one)) {
            statement.bind_text(place++, *text);
        } else {
            statement.bind_blob(place++, std::get<Blob>(one).bytes);
        }
    }
}

/// One that gives its dialogues by their start, if there is one.
const Sql* ordered(const Query& query) {
    const auto found = std::find_if(query.sources.begin(), query.sources.end(),
                                    [](const Sql& source) { return source.is_by_start; });
    return found == query.sources.end() ? nullptr : &*found;
}

/// The source that gives fewest dialogues, if one gives few.
const Sql* fewest(Database& database, const Query& query) {
    const Sql* best = nullptr;
    std::int64_t least = many(database);
    for (const Sql& source : query.sources) {
        Statement count(database, "SELECT count(*) FROM (SELECT 1 FROM (" + source.text +
                                      ") LIMIT " + std::to_string(least) + ")");
        int place = 1;
        bind(count, source.parameters, place);
        if (!count.step() || count.number(0) >= least) continue;
        least = count.number(0);
        best = &source;
        // The sources behind are not cheaper to count than these few dialogues to look at.
        if (least < some) break;
    }
    return best;
}

/// Dialogues in the order of their start, the newest first.
class Cursor {
  public:
    Cursor(Database& database, const std::string& sql) : statement_(database, sql) {}
    [[nodiscard]] Statement& statement() noexcept { return statement_; }
    void next() { has_row_ = statement_.step(); }
    [[nodiscard]] bool has_row() const noexcept { return has_row_; }
    [[nodiscard]] std::int64_t start() const noexcept { return statement_.number(2); }
    [[nodiscard]] std::optional<calls::Row> row() const {
        auto row = calls::Row::from_bytes(std::string(statement_.bytes(0)), statement_.bytes(1));
        if (row && statement_.number(3) == 0) row->outdate_findings();
        return row;
    }

  private:
    Statement statement_;
    bool has_row_ = false;
};

Cursor by_source(Database& database, const Query& query, const Sql& source) {
    const std::string id = source.text.starts_with("SELECT id") ? "id" : "dialogue";
    Cursor cursor(database,
                  "SELECT d.call_id, d.row, d.start, d.due IS NULL FROM (SELECT DISTINCT " + id +
                      " FROM (" + source.text + ")) AS s CROSS JOIN dialogues AS d ON d.id = s." +
                      id + " WHERE 1" + query.conditions.text + " ORDER BY d.start DESC");
    int place = 1;
    bind(cursor.statement(), source.parameters, place);
    bind(cursor.statement(), query.conditions.parameters, place);
    return cursor;
}

/// The rows come as the source gives them.
Cursor by_ordered(Database& database, const Query& query, const Sql& source, std::int64_t quiet) {
    const std::string id = source.text.starts_with("SELECT id") ? "id" : "dialogue";
    Cursor cursor(
        database,
        "SELECT d.call_id, d.row, d.start, d.due IS NULL FROM (" + source.text +
            " AND quiet = ? AND start <= ? ORDER BY start DESC) AS s CROSS JOIN dialogues AS "
            "d ON d.id = s." +
            id + " WHERE 1" + query.conditions.text + " ORDER BY s.start DESC");
    int place = 1;
    bind(cursor.statement(), source.parameters, place);
    bind(cursor.statement(), {quiet, query.until}, place);
    bind(cursor.statement(), query.conditions.parameters, place);
    return cursor;
}

Cursor by_start(Database& database, const Query& query, std::int64_t quiet) {
    Cursor cursor(
        database,
        "SELECT d.call_id, d.row, d.start, d.due IS NULL FROM dialogues AS d INDEXED BY by_start "
        "WHERE d.quiet = ? AND d.start >= ?" +
            query.conditions.text + " ORDER BY d.start DESC");
    int place = 1;
    const std::int64_t first = query.since ? *query.since - usual_length : 0;
    bind(cursor.statement(), {quiet, first}, place);
    bind(cursor.statement(), query.conditions.parameters, place);
    return cursor;
}

/// Those that by_start() leaves out, because they began long before `since`.
Cursor by_length(Database& database, const Query& query, std::int64_t quiet) {
    Cursor cursor(database,
                  "SELECT d.call_id, d.row, d.start, d.due IS NULL FROM dialogues AS d INDEXED BY "
                  "by_length WHERE d.quiet = ? AND d.start < ? AND d.last - d.start > " +
                      std::to_string(usual_length) + query.conditions.text +
                      " ORDER BY d.start DESC");
    int place = 1;
    bind(cursor.statement(), {quiet, *query.since - usual_length}, place);
    bind(cursor.statement(), query.conditions.parameters, place);
    return cursor;
}

}  // namespace

std::vector<calls::Row> search(Database& database, const calls::Expression& expression,
                               std::size_t most, const Accept& accept) {
    const Query query = query_of(expression);
    const calls::Expression of_rows = expression.without_findings();
    std::vector<Cursor> cursors;
    if (const Sql* source = fewest(database, query)) {
        cursors.push_back(by_source(database, query, *source));
    } else if (const Sql* source_in_order = ordered(query)) {
        for (const std::int64_t quiet : query.quiet) {
            cursors.push_back(by_ordered(database, query, *source_in_order, quiet));
        }
    } else {
        for (const std::int64_t quiet : query.quiet) {
            cursors.push_back(by_start(database, query, quiet));
            if (query.since) cursors.push_back(by_length(database, query, quiet));
        }
    }
    for (Cursor& cursor : cursors) cursor.next();
    std::vector<calls::Row> found;
    while (found.size() < most && !cursors.empty()) {
        const auto newest =
            std::max_element(cursors.begin(), cursors.end(), [](const Cursor& a, const Cursor& b) {
                return b.has_row() && (!a.has_row() || a.start() < b.start());
            });
        if (!newest->has_row()) break;
        auto row = newest->row();
        newest->next();
        if (row && calls::matches(*row, of_rows) && accept(*row)) {
            found.push_back(*std::move(row));
        }
    }
    return found;
}

}  // namespace ci::index
