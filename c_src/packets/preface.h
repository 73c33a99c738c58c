// Prefaces of a connection or datagram, in front of its messages: a load balancer's PROXY header,
// a WebSocket handshake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ci::packets {

struct Preface {
    enum class Kind : std::uint8_t {
        none,  ///< not a preface
        more,  ///< may be a preface: more bytes are needed
        whole
    };
    Kind kind = Kind::none;
    std::size_t size = 0;  ///< of a whole preface
};

/// The PROXY protocol, version 1 (a line) or 2 (binary, its TLVs included):
/// https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt
[[nodiscard]] Preface read_proxy_head(std::string_view bytes) noexcept;

/// One half of the handshake by which HTTP becomes a WebSocket (RFC 6455 4).
[[nodiscard]] Preface read_upgrade(std::string_view bytes) noexcept;

}  // namespace ci::packets
