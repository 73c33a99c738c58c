// What the operator can set about the store, by name: in the configuration file's `store`, and with
// `--store NAME=VALUE`.
#pragma once

#include <string>
#include <string_view>

#include "store/store.h"

namespace ci::inspector {

/// Empty, or why not: "keep: not a time such as 90s, 12h or 30d".
std::string set_store_option(std::string_view name, std::string_view value,
                             store::Options& options);

}  // namespace ci::inspector
