// Why the system would not give us a socket, in words that operators search for.
#pragma once

#include <string>

namespace ci::net {

/// What the operator reads: "address already in use".
struct SocketError {
    std::string why;
};

/// Of errno. `transport` is put in front, for who listens by several: "TCP: ...".
[[nodiscard]] SocketError last_socket_error(const char* transport = "");

}  // namespace ci::net
