#include "inspector/web_settings.h"

#include "wire/endpoint.h"

namespace ci::inspector {

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
    if (!value.starts_with('/')) return "not an absolute path";
    settings.pages = value;
    return {};
}

}  // namespace ci::inspector
