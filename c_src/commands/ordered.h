// Orders and analyses chunks given as JSON text, from a call's file or any other.
#pragma once

#include <string>
#include <string_view>

#include "commands/chunk_texts.h"
#include "wire/result.h"

namespace ci::commands {

/// Orders a JSON array of chunks; an array of such arrays gives an array of ordered arrays. The
/// arrays may also contain what is known of observers' clocks ({"clock": {...}}, docs/ordering.md).
/// The output ends in a line feed.
wire::expected<std::string, OrderError> order_json(std::string_view text);

/// Likewise the analysis of each array, whose dialogues are the legs of one call: an object
/// (docs/findings.md).
wire::expected<std::string, OrderError> analysis_json(std::string_view text);

}  // namespace ci::commands
