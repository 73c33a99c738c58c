// The web server's settings, as operators write them: "listen=127.0.0.1:8070".
#pragma once

#include <string>
#include <string_view>

#include "inspector/settings.h"

namespace ci::inspector {

/// "IP:PORT", or "off". The reason why not; empty: done.
[[nodiscard]] std::string set_web_listen(std::string_view value, WebSettings& settings);

/// A host's name, with or without a port. The reason why not; empty: done.
[[nodiscard]] std::string add_web_name(std::string_view value, WebSettings& settings);

/// An absolute path. The reason why not; empty: done.
[[nodiscard]] std::string set_web_pages(std::string_view value, WebSettings& settings);

}  // namespace ci::inspector
