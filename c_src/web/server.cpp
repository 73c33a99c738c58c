#include "web/server.h"

#include <boost/asio/buffer.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "web/http/problem.h"
#include "web/session.h"
#include "web/wire_form.h"
#include "wire/loopback.h"

namespace ci::web {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Failure = boost::system::error_code;

constexpr int most_in_kernel = 256 << 10;  ///< octets of answers, of one connection
constexpr auto soon = std::chrono::milliseconds(100);

std::runtime_error cannot_listen(const wire::Endpoint& at, const std::string& why) {
    return std::runtime_error("cannot listen for web browsers at " + to_string(at) + ": " + why);
}

/// Whoever reaches it could read all calls, or tokens on their way.
const ServerOptions& guarded(const ServerOptions& options) {
    const bool has_tls = !options.tls.certificate.empty();
    if (has_tls == options.tls.key.empty()) {
        throw cannot_listen(options.listen, "of certificate and key one is missing");
    }
    if (wire::is_of_this_machine(options.listen.address)) return options;
    if (!has_tls || options.tokens.empty()) {
        throw cannot_listen(
            options.listen,
            "not an address of this machine alone (127.0.0.1, ::1), so it needs a certificate and "
            "a key, and a file of tokens (docs/web.md)");
    }
    return options;
}

std::unique_ptr<Certificate> certificate_of(const ServerOptions& options) {
    if (options.tls.certificate.empty()) return nullptr;
    return std::make_unique<Certificate>(options.tls, options.complain);
}

std::shared_ptr<Door> door_of(const ServerOptions& options) {
    return options.tokens.empty() ? std::make_shared<Door>()
                                  : std::make_shared<Door>(options.tokens, options.complain);
}

std::unique_ptr<AccessLog> log_of(const ServerOptions& options) {
    if (options.access_log.empty()) return nullptr;
    return std::make_unique<AccessLog>(options.access_log, options.complain);
}

/// An address is no name that a stranger could make point here, so the one that is listened on is
/// one of ours.
std::vector<std::string> names_of(const ServerOptions& options) {
    std::vector<std::string> names = options.names;
    names.push_back(to_string(options.listen.address));
    return names;
}

Tcp::acceptor listen_at(asio::io_context& context, const wire::Endpoint& at) {
    try {
        const Tcp::endpoint end(asio::ip::make_address(to_string(at.address)), at.port);
        Tcp::acceptor acceptor(context);
        acceptor.open(end.protocol());
        acceptor.set_option(Tcp::acceptor::reuse_address(true));
        acceptor.bind(end);
        acceptor.listen();
        return acceptor;
    } catch (const boost::system::system_error& error) {
        throw cannot_listen(at, error.code().message());
    }
}

/// Short enough for any socket's buffer.
void turn_away(Tcp::socket& socket) {
    const Response response = problem(503, "too many connections are open");
    const std::string octets = head_of(response, response.body.size(), false) + response.body;
    Failure ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(octets), ignored);
}

}  // namespace

Server::Server(asio::io_context& context, const ServerOptions& options, Streams::Offer offer,
               inspector::Inspector& inspector)
    : certificate_(certificate_of(guarded(options))),
      acceptor_(listen_at(context, options.listen)),
      again_(context) {
    auto traffic = std::make_shared<Traffic>();
    auto door = door_of(options);
    auto access_log = log_of(options);
    auto streams = std::make_shared<Streams>(context, offer, inspector, traffic, door);
    streams->begin();
    desk_.reset(new Desk{Pages(options.pages),
                         names_of(options),
                         fronts::Places(options.limits),
                         std::move(offer),
                         inspector,
                         std::move(streams),
                         std::move(traffic),
                         std::move(door),
                         std::move(access_log),
                         {},
                         {}});
    accept();
}

Server::~Server() = default;

std::string Server::address() const {
    const Tcp::endpoint at = acceptor_.local_endpoint();
    const std::string ip = at.address().to_string();
    const std::string scheme = certificate_ ? "https://" : "http://";
    return scheme + (at.address().is_v6() ? "[" + ip + "]" : ip) + ":" + std::to_string(at.port()) +
           "/";
}

void Server::accept() {
    acceptor_.async_accept([this](Failure failure, Tcp::socket socket) {
        if (failure == asio::error::operation_aborted) return;  // `this` is destroyed
        if (failure) return accept_later();
        ++desk_->counters.accepted;
        if (desk_->places.make_room(socket.native_handle())) {
            begin(std::move(socket));
        } else {
            ++desk_->counters.turned_away;
            if (!certificate_) turn_away(socket);
        }
        accept();
    });
}

void Server::begin(Tcp::socket socket) {
    Failure failure;
    socket.set_option(Tcp::no_delay(true), failure);
    // Else the kernel keeps megabytes for each who does not read.
    socket.set_option(Tcp::socket::send_buffer_size(most_in_kernel), failure);
    std::unique_ptr<net::TlsSession> tls;
    if (certificate_) {
        socket.native_non_blocking(true, failure);
        tls = certificate_->session(socket.native_handle());
        if (!tls || failure) {
            ++desk_->counters.handshakes_failed;
            return;
        }
    }
    serve(std::move(socket), std::move(tls), desk_);
}

/// There is no free descriptor or no memory. The connection stays pending, so accept() would fail
/// again at once and occupy the event loop.
void Server::accept_later() {
    desk_->places.end_one();
    again_.expires_after(soon);
    again_.async_wait([this](Failure aborted) {
        if (!aborted) accept();
    });
}

}  // namespace ci::web
