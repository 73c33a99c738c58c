// What who has the cookie may make this program read, write and listen on. The cookie opens the
// maintenance commands, and not the machine.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "inspector/settings.h"

namespace ci::node {

/// Why a command (its name first) is refused, in one line that names the setting; empty: it is not.
[[nodiscard]] std::optional<std::string> refusal_of(std::span<const std::string> words,
                                                    const inspector::NodeSettings& settings);

}  // namespace ci::node
