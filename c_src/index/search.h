// Asks the database an expression.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "calls/expression.h"
#include "index/database.h"

namespace ci::index {

/// The newest `most` dialogues that match, by their start. `is_there` tells whether a dialogue's
/// file still exists; those whose file is gone are left out. Throws Failure and
/// wire::TookTooLong.
[[nodiscard]] std::vector<calls::Row> search(
    Database& database, const calls::Expression& expression, std::size_t most,
    const std::function<bool(const calls::Row& row)>& is_there);

}  // namespace ci::index
