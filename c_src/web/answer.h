// From what commands say to responses.
#pragma once

#include <string>
#include <string_view>

#include "calls/expression.h"
#include "commands/outcome.h"
#include "web/plan.h"
#include "wire/result.h"

namespace ci::web {

/// A response in JSON, with what strangers wrote made visible as commands do.
[[nodiscard]] Response json_response(std::string body);

/// The command's text as `type`, or its error: usage is 400, failure is `failed`.
[[nodiscard]] Response response_of(commands::Outcome outcome, std::string_view type,
                                   unsigned failed = 500);

/// A command that is asked as it is, in its turn (commands::job_of).
[[nodiscard]] Task command(std::vector<std::string> words,
                           std::string_view type = "application/json", unsigned failed = 500);

/// The expression of the parameter `q`; or its mistake.
[[nodiscard]] wire::expected<calls::Expression, calls::Mistake> read_expression(
    const Asked& asked, std::string_view text);

/// The hosts of the setting, for those who may see all calls: the names tell how a network is
/// built.
[[nodiscard]] std::vector<calls::HostName> known_hosts(const Asked& asked);

[[nodiscard]] Response index_is_off_problem();

}  // namespace ci::web
