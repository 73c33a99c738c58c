// Orders chunks given as JSON text, from a call's file or any other.
#pragma once

#include <string>
#include <string_view>

#include "wire/result.h"

namespace ci::commands {

struct OrderError {
    std::string why;
};

/// A JSON array of chunks in any order in, the ordered array out; an array of such arrays gives an
/// array of ordered arrays. Among the chunks may stand what is known of observers' clocks
/// ({"clock": {...}}, docs/ordering.md). Output ends in a line feed.
wire::expected<std::string, OrderError> order_json(std::string_view text);

}  // namespace ci::commands
