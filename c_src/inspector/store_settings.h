// The settings of the store by name, for `store` in the configuration file and for `--store
// NAME=VALUE`.
#pragma once

#include <string>
#include <string_view>

#include "store/store.h"

namespace ci::inspector {

/// Sets an option. Returns an empty text, or why not: "keep: not a time such as 90s, 12h or 30d".
std::string set_store_option(std::string_view name, std::string_view value,
                             store::Options& options);

}  // namespace ci::inspector
