// The API: a browser's login. A program needs none of it, it sends its token with each request.
#pragma once

#include "web/plan.h"

namespace ci::web {

/// {"token": SECRET}, or {"name": NAME, "password": PASSWORD}: a cookie.
[[nodiscard]] Plan session_begin(const Asked& asked);
[[nodiscard]] Plan session_end(const Asked& asked);
/// Who one is, and what one may do.
[[nodiscard]] Plan session_told(const Asked& asked);

}  // namespace ci::web
