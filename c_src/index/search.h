// Asks the database an expression.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "calls/expression.h"
#include "index/database.h"

namespace ci::index {

/// Asked of each row of which all holds except what is about findings; it may add to the row.
using Accept = std::function<bool(calls::Row& row)>;

/// The newest `most` dialogues of which the expression may hold and that `accept` takes, by their
/// start. Throws Failure and wire::TookTooLong.
[[nodiscard]] std::vector<calls::Row> search(Database& database,
                                             const calls::Expression& expression, std::size_t most,
                                             const Accept& accept);

}  // namespace ci::index
