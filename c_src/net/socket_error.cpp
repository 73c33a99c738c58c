#include "net/socket_error.h"

#include <cerrno>
#include <system_error>

namespace ci::net {
namespace {

std::string words(int error) {
    switch (error) {
        case EADDRINUSE:
            return "address already in use";
        case EADDRNOTAVAIL:
            return "no such address on this machine";
        case EACCES:
            return "permission denied";
        default:
            return std::system_category().message(error);
    }
}

}  // namespace

SocketError last_socket_error(const char* transport) {
    const std::string why = words(errno);
    const std::string prefix = transport;
    return {prefix.empty() ? why : prefix + ": " + why};
}

}  // namespace ci::net
