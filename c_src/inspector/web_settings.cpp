#include "inspector/web_settings.h"

#include "wire/endpoint.h"

namespace ci::inspector {
namespace {

template <class Path>
std::string set_path(std::string_view value, Path& path) {
    if (!value.starts_with('/')) return "not an absolute path";
    path = value;
    return {};
}

}  // namespace

std::string set_web_listen(std::string_view value, WebSettings& settings) {
    settings.is_off = value == "off";
    if (settings.is_off) return {};
    settings.listen = wire::parse_endpoint(value);
    return settings.listen ? "" : "neither an IP:PORT nor off";
}

std::string add_web_name(std::string_view value, WebSettings& settings) {
    if (value.empty() || value.find_first_of(" /@,") != std::string_view::npos) {
        return "not a host's name";
    }
    settings.names.emplace_back(value);
    return {};
}

std::string set_web_pages(std::string_view value, WebSettings& settings) {
    return set_path(value, settings.pages);
}
std::string set_web_certificate(std::string_view value, WebSettings& settings) {
    return set_path(value, settings.certificate);
}
std::string set_web_key(std::string_view value, WebSettings& settings) {
    return set_path(value, settings.key);
}
std::string set_web_tokens(std::string_view value, WebSettings& settings) {
    return set_path(value, settings.tokens);
}
std::string set_web_access_log(std::string_view value, WebSettings& settings) {
    return set_path(value, settings.access_log);
}

std::span<const WebSetting> web_settings() noexcept {
    static constexpr WebSetting all[] = {
        {"listen", set_web_listen},           {"pages", set_web_pages},
        {"certificate", set_web_certificate}, {"key", set_web_key},
        {"tokens", set_web_tokens},           {"access_log", set_web_access_log}};
    return all;
}

}  // namespace ci::inspector
