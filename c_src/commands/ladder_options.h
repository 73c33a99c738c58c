// What may be said of a drawing: ladder CALLID [WIDTH] [OPTION...].
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "ladder/view.h"
#include "wire/result.h"

namespace ci::commands {

/// CALLID, WIDTH, and one option of each kind.
inline constexpr std::size_t most_ladder_words = 8;

/// The words behind CALLID, in any order; of options that contradict each other the last counts.
/// The error is one line for the operator, which names the options that are known.
[[nodiscard]] wire::expected<ladder::View, std::string> read_view(
    std::span<const std::string> words);

}  // namespace ci::commands
