// From a request to its plan: the table of what the API answers, and the site's pages.
#pragma once

#include <span>
#include <string>

#include "web/plan.h"

namespace ci::web {

class Pages;

/// All that the API answers; priv/www/api/openapi.json describes them.
[[nodiscard]] std::span<const Route> routes() noexcept;

/// What the access log tells of a request of the API.
struct Visit {
    std::string who;    ///< empty: nobody was let in
    std::string route;  ///< "/api/calls/{id}"; empty: a page, or nothing
    std::string call;   ///< the Call-ID in the path
    std::string query;  ///< what calls were searched by
};

/// `names`: that the server is called by, beside those of loopback. Fills in `visit`.
[[nodiscard]] Plan plan(const Request& request, const Pages& pages,
                        std::span<const std::string> names, inspector::Inspector& inspector,
                        Door& door, Visit& visit);

}  // namespace ci::web
