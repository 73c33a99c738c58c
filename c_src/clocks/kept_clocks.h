// What was learnt of observers' clocks, as text that is kept across restarts (docs/ordering.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clocks/clock_table.h"
#include "wire/micros.h"

namespace ci::clocks {

/// A JSON object for each row, one a line.
std::string to_text(const std::vector<clocks::ClockTable::Row>& rows);

struct KeptClocks {
    std::vector<clocks::ClockTable::Row> rows;
    std::size_t skipped = 0;  ///< lines that are not such rows
};
/// Accepts any text. Leaves out rows without a sample since `oldest`.
KeptClocks read_clocks(std::string_view text, wire::Micros oldest);

}  // namespace ci::clocks
