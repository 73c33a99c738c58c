// What who has the node's cookie may ask for, as operators write it: "read=/var/log/kazoo".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inspector/settings.h"

namespace ci::inspector {

/// The list `read`, `write`, `bind` or `capture`; null: there is no such list.
[[nodiscard]] std::vector<std::string>* node_list(std::string_view name, NodeSettings& settings);

/// Adds to a list. The reason why not; empty: done.
[[nodiscard]] std::string add_to_node_list(std::string_view name, std::string_view value,
                                           NodeSettings& settings);

}  // namespace ci::inspector
