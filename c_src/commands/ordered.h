// Orders and analyses chunks given as JSON text, from a call's file or any other.
#pragma once

#include <string>
#include <string_view>

#include "wire/result.h"

namespace ci::commands {

struct OrderError {
    std::string why;
};

/// Orders a JSON array of chunks; an array of such arrays gives an array of ordered arrays. The
/// arrays may also contain what is known of observers' clocks ({"clock": {...}}, docs/ordering.md).
/// The output ends in a line feed.
wire::expected<std::string, OrderError> order_json(std::string_view text);

/// Likewise the analysis of each array, whose dialogues are the legs of one call: an array of one
/// object (docs/findings.md), "[]" if there is no message.
wire::expected<std::string, OrderError> analysis_json(std::string_view text);

}  // namespace ci::commands
