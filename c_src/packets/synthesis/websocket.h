// A WebSocket connection's beginning and its frames (RFC 6455, RFC 7118).
#pragma once

#include <string>
#include <string_view>

namespace ci::synthesis {

[[nodiscard]] std::string upgrade_request(std::string_view host);
[[nodiscard]] std::string upgrade_response();

/// A whole message in one frame of text. Clients mask (RFC 6455 5.3).
[[nodiscard]] std::string websocket_frame(std::string_view message, bool is_masked);

}  // namespace ci::synthesis
