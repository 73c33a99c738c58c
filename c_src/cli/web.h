// The web server of `run` and `port`, as the settings want it.
#pragma once

#include <memory>

#include "cli/service.h"
#include "web/server.h"

namespace ci::cli {

enum class WebIf : std::uint8_t {
    asked,    ///< only if the settings name an address
    not_off,  ///< else at the usual one
};

/// Null: it is not wanted, or cannot start, which the log tells: what is captured goes on. Throws
/// that instead if `must`, as the user is present.
[[nodiscard]] std::unique_ptr<web::Server> start_web(Service& service,
                                                     const inspector::WebSettings& settings,
                                                     WebIf when, bool must,
                                                     const inspector::Log& log);

}  // namespace ci::cli
