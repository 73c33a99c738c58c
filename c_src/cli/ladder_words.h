// How a ladder is drawn on the terminal at hand, if nothing else was asked for.
#pragma once

#include "cli/subcommand.h"

namespace ci::cli {

/// `words`: a command and its arguments. A ladder that goes to a terminal gets the terminal's width
/// and colours, unless these are among the words already or NO_COLOR is set.
[[nodiscard]] Arguments as_for_terminal(Arguments words);

/// Whether colours were asked for.
[[nodiscard]] bool wants_colour(const Arguments& words);

}  // namespace ci::cli
