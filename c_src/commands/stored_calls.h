// What commands print about the store: JSON that ends in a line feed.
#pragma once

#include <string>

#include "store/store.h"

namespace ci::commands {

/// One object; docs/commands.md explains the numbers.
std::string store_stats(const store::Store& store);

/// An array of the calls that began last, the newest first.
std::string list_calls(const store::Store& store, std::size_t n);

}  // namespace ci::commands
