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

constexpr auto soon = std::chrono::milliseconds(100);

Tcp::acceptor listen_at(asio::io_context& context, const wire::Endpoint& at) {
    const auto complain = [&](const std::string& why) {
        return std::runtime_error("cannot listen for web browsers at " + to_string(at) + ": " +
                                  why);
    };
    if (!wire::is_of_this_machine(at.address)) {
        throw complain(
            "not an address of this machine alone (127.0.0.1, ::1), and whoever reaches it could "
            "read all calls; let a proxy with a login stand before it");
    }
    try {
        const Tcp::endpoint end(asio::ip::make_address(to_string(at.address)), at.port);
        Tcp::acceptor acceptor(context);
        acceptor.open(end.protocol());
        acceptor.set_option(Tcp::acceptor::reuse_address(true));
        acceptor.bind(end);
        acceptor.listen();
        return acceptor;
    } catch (const boost::system::system_error& error) {
        throw complain(error.code().message());
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

Server::Server(asio::io_context& context, ServerOptions options, Streams::Offer offer,
               inspector::Inspector& inspector)
    : acceptor_(listen_at(context, options.listen)), again_(context) {
    auto traffic = std::make_shared<Traffic>();
    auto streams = std::make_shared<Streams>(context, offer, inspector, traffic);
    streams->begin();
    desk_.reset(new Desk{Pages(options.pages),
                         std::move(options.names),
                         fronts::Places(options.limits),
                         std::move(offer),
                         inspector,
                         std::move(streams),
                         std::move(traffic),
                         {},
                         {}});
    accept();
}

Server::~Server() = default;

std::string Server::address() const {
    const Tcp::endpoint at = acceptor_.local_endpoint();
    const std::string ip = at.address().to_string();
    return "http://" + (at.address().is_v6() ? "[" + ip + "]" : ip) + ":" +
           std::to_string(at.port()) + "/";
}

void Server::accept() {
    acceptor_.async_accept([this](Failure failure, Tcp::socket socket) {
        if (failure == asio::error::operation_aborted) return;  // `this` is destroyed
        if (failure) return accept_later();
        ++desk_->counters.accepted;
        if (desk_->places.make_room(socket.native_handle())) {
            Failure ignored;
            socket.set_option(Tcp::no_delay(true), ignored);
            serve(std::move(socket), desk_);
        } else {
            ++desk_->counters.turned_away;
            turn_away(socket);
        }
        accept();
    });
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
