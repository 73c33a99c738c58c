#include "web/http/guard.h"

#include <algorithm>

#include "sip/text.h"
#include "web/http/problem.h"
#include "wire/endpoint.h"
#include "wire/loopback.h"
#include "wire/network.h"

namespace ci::web {
namespace {

/// "localhost:8070" is "localhost", "[::1]:8070" is "::1"; empty: it is neither.
std::string_view without_port(std::string_view host) noexcept {
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        if (end == std::string_view::npos) return {};
        const bool has_end = end + 1 == host.size() || host[end + 1] == ':';
        return has_end ? host.substr(1, end - 1) : std::string_view();
    }
    const std::string_view name = host.substr(0, host.find(':'));
    return host.find(':') == host.rfind(':') ? name : std::string_view();
}

bool is_loopback(std::string_view name) {
    if (sip::equal_without_case(name, "localhost")) return true;
    const auto address = wire::parse_address(name);
    return address && wire::is_of_this_machine(*address);
}

bool is_ours(std::string_view host, std::span<const std::string> names) {
    const std::string_view name = without_port(host);
    if (name.empty()) return false;
    return is_loopback(name) ||
           std::any_of(names.begin(), names.end(), [&](const std::string& one) {
               return sip::equal_without_case(one, name) || sip::equal_without_case(one, host);
           });
}

bool is_json(std::string_view type) noexcept {
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' ')) type.remove_suffix(1);
    return sip::equal_without_case(type, "application/json");
}

/// Behind a proxy that ends TLS the scheme is the browser's, not ours.
bool is_same_origin(const Request& request) {
    const bool is_told = request.fetch_site.empty() || request.fetch_site == "same-origin" ||
                         request.fetch_site == "none";
    if (!is_told) return false;
    if (request.origin.empty()) return true;
    return sip::equal_without_case(request.origin, "http://" + request.host) ||
           sip::equal_without_case(request.origin, "https://" + request.host);
}

}  // namespace

std::optional<Response> refusal(const Request& request, std::span<const std::string> names) {
    if (!is_ours(request.host, names)) {
        return problem(421,
                       "this Host is not served here: only loopback names and those of the "
                       "setting web");
    }
    if (request.method == Method::get || request.method == Method::head) return std::nullopt;
    if (!is_same_origin(request)) return problem(403, "only this site's own pages may do that");
    if (!is_json(request.content_type)) {
        return problem(415, "what changes something has Content-Type: application/json");
    }
    return std::nullopt;
}

}  // namespace ci::web
