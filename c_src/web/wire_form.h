// Between Boost.Beast's messages and ours.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "web/http/message.h"
#include "wire/result.h"

namespace ci::web {

using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// Or the answer to a request whose extent two readers could take differently (RFC 9112 11.2), or
/// whose target or Host is none.
[[nodiscard]] wire::expected<Request, Response> request_of(BeastRequest& message);

/// Status and sentence for what a client sent; empty: it is gone, or there is nobody to tell.
[[nodiscard]] std::optional<std::pair<unsigned, std::string>> status_of_failure(
    boost::system::error_code failure);

/// Status line and header, to the empty line. `length`: of the body; empty: it ends with the
/// connection.
[[nodiscard]] std::string head_of(const Response& response, std::optional<std::size_t> length,
                                  bool keep_alive);

}  // namespace ci::web
