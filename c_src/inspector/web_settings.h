// The web server's settings, as operators write them: "listen=127.0.0.1:8070".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "inspector/settings.h"

namespace ci::inspector {

/// "IP:PORT", or "off". The reason why not; empty: done.
[[nodiscard]] std::string set_web_listen(std::string_view value, WebSettings& settings);

/// A host's name, with or without a port. The reason why not; empty: done.
[[nodiscard]] std::string add_web_name(std::string_view value, WebSettings& settings);

/// Absolute paths. The reason why not; empty: done.
[[nodiscard]] std::string set_web_pages(std::string_view value, WebSettings& settings);
[[nodiscard]] std::string set_web_certificate(std::string_view value, WebSettings& settings);
[[nodiscard]] std::string set_web_key(std::string_view value, WebSettings& settings);
[[nodiscard]] std::string set_web_tokens(std::string_view value, WebSettings& settings);
[[nodiscard]] std::string set_web_access_log(std::string_view value, WebSettings& settings);

/// The settings that are one text each, by their names in the configuration file.
struct WebSetting {
    std::string_view name;
    std::string (*set)(std::string_view value, WebSettings& settings);
};
[[nodiscard]] std::span<const WebSetting> web_settings() noexcept;

}  // namespace ci::inspector
