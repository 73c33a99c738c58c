// A request and a response, as far as the site and the API are concerned. The octets on the wire
// are Boost.Beast's (web/session.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/http/target.h"
#include "wire/endpoint.h"

namespace ci::web {

enum class Method : std::uint8_t { get, head, post, patch, remove, other };
inline constexpr std::string_view method_names[] = {"GET", "HEAD", "POST", "PATCH", "DELETE", ""};

/// Values of header fields are empty where there is none.
struct Request {
    Method method = Method::other;
    Target target;
    std::string host, origin, fetch_site, content_type, accept, if_none_match, last_event_id;
    std::string authorization, cookie;
    bool takes_gzip = false;
    std::string body;
    wire::Endpoint from;  ///< the other end of the connection
};

struct Response {
    unsigned status = 200;
    std::string type = "application/json";
    std::string body;
    std::shared_ptr<const std::string> page;  ///< in place of `body`: what many responses share
    bool is_packed = false;                   ///< by gzip
    /// Further header fields.
    std::vector<std::pair<std::string, std::string>> fields;
    std::vector<std::string> shown;  ///< Call-IDs of what is told, for the access log
};

[[nodiscard]] inline Response with_text(std::string type, std::string body) {
    Response response;
    response.type = std::move(type);
    response.body = std::move(body);
    return response;
}

inline constexpr std::string_view plain_text = "text/plain; charset=utf-8";

/// True if `list` ("gzip, br;q=0.5") names gzip, or anything, and not with q=0.
[[nodiscard]] bool accepts_gzip(std::string_view list) noexcept;

/// True if an If-None-Match has that entity tag, or is `*`.
[[nodiscard]] bool names_tag(std::string_view list, std::string_view tag) noexcept;

}  // namespace ci::web
