// What stands in front of the messages of a connection or datagram: a load balancer's PROXY head,
// a WebSocket's handshake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ci::packets {

struct Preface {
    enum class Kind : std::uint8_t {
        none,  ///< begins otherwise
        more,  ///< may be one: more bytes tell
        whole
    };
    Kind kind = Kind::none;
    std::size_t size = 0;  ///< of a whole one
};

/// The PROXY protocol, version 1 (a line) or 2 (binary, with whatever it carries beside addresses):
/// https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt
[[nodiscard]] Preface read_proxy_head(std::string_view bytes) noexcept;

/// One half of the handshake by which HTTP becomes a WebSocket (RFC 6455 4).
[[nodiscard]] Preface read_upgrade(std::string_view bytes) noexcept;

}  // namespace ci::packets
