// From a request to its plan: the table of what the API answers, and the site's pages.
#pragma once

#include <span>

#include "web/plan.h"

namespace ci::web {

class Pages;

/// All that the API answers; priv/www/api/openapi.json describes them.
[[nodiscard]] std::span<const Route> routes() noexcept;

/// `names`: that the server is called by, beside those of loopback.
[[nodiscard]] Plan plan(const Request& request, const Pages& pages,
                        std::span<const std::string> names, inspector::Inspector& inspector);

}  // namespace ci::web
