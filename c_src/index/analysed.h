// Findings on their way from who analyses dialogues into their rows.
//
// A row has a time from which on its dialogue is to be analysed: it has ended, or it has rested for
// a while, so that its analysis may be kept. What is found is kept with the number of the last line
// that was known; a dialogue that has grown meanwhile is analysed again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/row.h"
#include "index/database.h"
#include "index/file_key.h"

namespace ci::index {

/// A dialogue that is to be analysed.
struct Due {
    FileKey file;
    std::string call_id;
    std::uint64_t last_seq = 0;  ///< the number of the last line that its row knows
    std::uint64_t size = 0;      ///< octets of its file
};

struct Analysed {
    FileKey file;
    std::uint64_t last_seq = 0;  ///< as in Due
    /// Empty: nothing can be said yet.
    std::optional<std::vector<std::string>> codes;
    wire::Micros again = 0;  ///< if there are no codes: when it is due again
};

/// Of rows that were made from files that had been there before: what is found in them is no news.
inline constexpr wire::Micros due_without_news = 0;
/// Never: it is analysed when somebody asks.
inline constexpr wire::Micros never_due = INT64_MAX;

/// From when on the dialogue is to be analysed, microseconds since 1970.
[[nodiscard]] wire::Micros due_from(const calls::Row& row) noexcept;

/// Those that are due, the newest first, what is no news at last.
[[nodiscard]] std::vector<Due> due_dialogues(Database& database, wire::Micros now,
                                             std::size_t most);

struct DueCount {
    std::uint64_t dialogues = 0;         ///< at most `most_counted`
    std::optional<wire::Micros> oldest;  ///< since when the oldest one is due that is news
};
inline constexpr std::int64_t most_counted = 1'000'000;
[[nodiscard]] DueCount count_due(Database& database, wire::Micros now);

/// Makes all dialogues due, as no news, if another version of the program analysed them.
void forget_other_analysis(Database& database, std::string_view version);

}  // namespace ci::index
