#include "index/analysed.h"

#include <algorithm>

namespace ci::index {
namespace {

/// Retransmissions and late observers come within that time.
constexpr wire::Micros after_end = 2'000'000;
/// What is not answered by then will not be (RFC 3261, 64 * T1, and some).
constexpr wire::Micros rest = 40'000'000;
/// A dialogue that grows and grows, as that of a phone that registers for weeks, takes longer each
/// time: it must rest longer, too.
constexpr wire::Micros rest_of_message = 100'000;

}  // namespace

wire::Micros due_from(const calls::Row& row) noexcept {
    const auto of_messages = static_cast<wire::Micros>(row.messages()) * rest_of_message;
    return row.last() + (row.end() ? after_end : rest) + of_messages;
}

std::vector<Due> due_dialogues(Database& database, wire::Micros now, std::size_t most) {
    Statement newest(database,
                     "SELECT file, call_id, seq, size FROM dialogues INDEXED BY by_due "
                     "WHERE due <= ? ORDER BY due DESC LIMIT ?");
    newest.bind(1, now).bind(2, static_cast<std::int64_t>(most));
    std::vector<Due> due;
    while (newest.step()) {
        due.push_back({FileKey(newest.bytes(0)), std::string(newest.bytes(1)),
                       static_cast<std::uint64_t>(newest.number(2)),
                       static_cast<std::uint64_t>(newest.number(3))});
    }
    return due;
}

DueCount count_due(Database& database, wire::Micros now) {
    DueCount counted;
    Statement count(database,
                    "SELECT count(*) FROM (SELECT 1 FROM dialogues INDEXED BY by_due "
                    "WHERE due <= ? LIMIT ?)");
    count.bind(1, now).bind(2, most_counted);
    if (count.step()) counted.dialogues = static_cast<std::uint64_t>(count.number(0));
    Statement oldest(database,
                     "SELECT due FROM dialogues INDEXED BY by_due "
                     "WHERE due > ? AND due <= ? ORDER BY due LIMIT 1");
    oldest.bind(1, due_without_news).bind(2, now);
    if (oldest.step()) counted.oldest = oldest.number(0);
    return counted;
}

void forget_other_analysis(Database& database, std::string_view version) {
    constexpr auto fact = "analysis";
    {
        Statement known(database, "SELECT value FROM facts WHERE name = ?");
        known.bind_text(1, fact);
        if (known.step() && known.bytes(0) == version) return;
    }
    Transaction transaction(database);
    Statement(database, "UPDATE dialogues SET due = ? WHERE due IS NULL")
        .bind(1, due_without_news)
        .run();
    Statement(database, "INSERT OR REPLACE INTO facts VALUES(?, ?)")
        .bind_text(1, fact)
        .bind_text(2, version)
        .run();
    transaction.commit();
}

}  // namespace ci::index
