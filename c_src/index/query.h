// An expression as SQL. The statements only narrow: every row that they give is still compared by
// calls::matches(), and no row that matches is missing.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "calls/expression.h"

namespace ci::index {

/// A parameter: a number, a text or a blob.
struct Blob {
    std::string bytes;
};
using Parameter = std::variant<std::int64_t, std::string, Blob>;

struct Sql {
    std::string text;
    std::vector<Parameter> parameters;
    /// Of a source: an index has those of each `quiet` by their `start`.
    bool is_by_start = false;
};

/// Dialogues that took longer have an index of their own (by_length): all others that had a message
/// at some time began at most this long before.
inline constexpr std::int64_t usual_length = 3'600'000'000;

struct Query {
    /// Statements of which each gives the ids of all dialogues that a term can hold of, some
    /// perhaps twice, by an index; the cheapest first.
    std::vector<Sql> sources;
    /// "AND ..." for the columns of dialogues, as `d`.
    Sql conditions;
    /// Nothing that was over before this time is wanted.
    std::optional<std::int64_t> since;
    /// Nor what began after this one.
    std::int64_t until = std::numeric_limits<std::int64_t>::max();
    /// Values of the column `quiet` that are wanted.
    std::vector<std::int64_t> quiet;
};
[[nodiscard]] Query query_of(const calls::Expression& expression);

}  // namespace ci::index
