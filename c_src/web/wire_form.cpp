#include "web/wire_form.h"

#include <array>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <ctime>
#include <iterator>

#include "web/http/problem.h"

namespace ci::web {
namespace {

namespace http = boost::beast::http;

/// In each answer. Scripts, styles and data come from here alone; an image may be one that a page
/// drew itself.
constexpr std::string_view guards =
    "Content-Security-Policy: default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

Method method_of(http::verb verb) noexcept {
    switch (verb) {
        case http::verb::get:
            return Method::get;
        case http::verb::head:
            return Method::head;
        case http::verb::post:
            return Method::post;
        case http::verb::patch:
            return Method::patch;
        case http::verb::delete_:
            return Method::remove;
        default:
            return Method::other;
    }
}

std::string text_of_field(const BeastRequest& message, http::field name) {
    const auto found = message.find(name);
    return found == message.end() ? std::string() : std::string(found->value());
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string date_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    return {text.data(),
            std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

bool has(const Response& response, std::string_view field) {
    for (const auto& [name, value] : response.fields) {
        if (name == field) return true;
    }
    return false;
}

}  // namespace

wire::expected<Request, Response> request_of(BeastRequest& message) {
    if (message.find(http::field::transfer_encoding) != message.end()) {
        return problem(411, "send a body with Content-Length");
    }
    if (message.count(http::field::content_length) > 1) {
        return problem(400, "several Content-Length");
    }
    if (message.count(http::field::host) != 1) return problem(400, "not one Host");
    if (message.count(http::field::authorization) > 1) {
        return problem(400, "several Authorization");
    }
    const auto text = message.target();
    auto target = parse_target({text.data(), text.size()});
    if (!target) {
        return problem(400, bad_target_names[static_cast<std::size_t>(target.error().reason)]);
    }
    Request request;
    request.method = method_of(message.method());
    request.target = *std::move(target);
    request.host = text_of_field(message, http::field::host);
    request.origin = text_of_field(message, http::field::origin);
    request.content_type = text_of_field(message, http::field::content_type);
    request.accept = text_of_field(message, http::field::accept);
    request.if_none_match = text_of_field(message, http::field::if_none_match);
    request.authorization = text_of_field(message, http::field::authorization);
    request.cookie = text_of_field(message, http::field::cookie);
    request.takes_gzip = accepts_gzip(text_of_field(message, http::field::accept_encoding));
    const auto fetch_site = message.find("Sec-Fetch-Site");
    if (fetch_site != message.end()) request.fetch_site = std::string(fetch_site->value());
    const auto last_event = message.find("Last-Event-ID");
    if (last_event != message.end()) request.last_event_id = std::string(last_event->value());
    request.body = std::move(message.body());
    return request;
}

std::optional<std::pair<unsigned, std::string>> status_of_failure(
    boost::system::error_code failure) {
    using Status = std::pair<unsigned, std::string>;
    if (failure == http::error::end_of_stream || failure == http::error::partial_message) {
        return std::nullopt;
    }
    if (failure == http::error::header_limit || failure == http::error::buffer_overflow) {
        return Status{431, "the header is longer than 16 KiB"};
    }
    if (failure == http::error::body_limit) return Status{413, "the body is longer than 64 KiB"};
    if (failure.category() == http::make_error_code(http::error::bad_method).category()) {
        return Status{400, "this is no HTTP/1.1: " + failure.message()};
    }
    return std::nullopt;
}

std::string head_of(const Response& response, std::optional<std::size_t> length, bool keep_alive) {
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head.append(reason_of(response.status)).append("\r\nDate: ").append(date_now());
    if (response.status != 304) {
        head.append("\r\nContent-Type: ").append(response.type);
        if (length) head.append("\r\nContent-Length: ").append(std::to_string(*length));
    }
    if (response.is_packed) head += "\r\nContent-Encoding: gzip";
    if (!has(response, "Cache-Control")) head += "\r\nCache-Control: no-store";
    for (const auto& [name, value] : response.fields) {
        head.append("\r\n").append(name).append(": ").append(value);
    }
    head += keep_alive ? "\r\nConnection: keep-alive\r\n" : "\r\nConnection: close\r\n";
    return head.append(guards).append("\r\n");
}

}  // namespace ci::web
