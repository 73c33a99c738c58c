// Why the system refused a socket, in words that operators search for.
#pragma once

#include <string>

namespace ci::net {

/// For example "address already in use".
struct SocketError {
    std::string why;
};

/// The error of errno. `transport` is put in front ("TCP: ..."), for a program that listens on
/// several.
[[nodiscard]] SocketError last_socket_error(const char* transport = "");

}  // namespace ci::net
