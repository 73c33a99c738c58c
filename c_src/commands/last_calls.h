// The whole calls that began last: dialogues that are legs of one call are one of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "calls/row.h"
#include "index/index.h"

namespace ci::commands {

struct LastCall {
    calls::Row first;               ///< the leg that began first, among those with an INVITE
    std::vector<std::string> legs;  ///< Call-IDs, by their start; `first` is one of them
    std::string legs_incomplete;    ///< why legs may be missing; empty: they are not
};

struct LastCalls {
    std::vector<LastCall> calls;  ///< the newest start first
    std::string incomplete;       ///< why calls or legs may be missing; empty: they are not
};

/// The last `n`. Throws wire::TookTooLong.
[[nodiscard]] LastCalls last_calls(index::Index& index, std::size_t n);

}  // namespace ci::commands
