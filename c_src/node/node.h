// This program as a hidden Erlang node, which Kazoo's sup, erl_call, rpc and erpc ask for the
// maintenance commands. It has no processes and no code: docs/sup.md.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "commands/outcome.h"
#include "inspector/inspector.h"
#include "inspector/settings.h"
#include "node/epmd.h"
#include "node/house.h"

namespace ci::node {

class Node {
  public:
    /// Listens, and registers at EPMD. `cookie`: see cookie.h. Throws std::runtime_error with a
    /// line for the operator. Must live as long as the event loop runs.
    Node(boost::asio::io_context& io, const inspector::NodeSettings& settings, std::string cookie,
         commands::AskUntil ask, inspector::Log log, const NodeLimits& limits = {});
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  private:
    using Tcp = boost::asio::ip::tcp;
    struct Door {
        Tcp::acceptor acceptor;
        boost::asio::steady_timer again;
    };

    void listen();
    boost::system::error_code open(const boost::asio::ip::address& address, std::uint16_t port);
    void accept(Door& door);
    void enter(Tcp::socket socket);
    void refuse();
    void find_host();

    std::shared_ptr<House> house_;
    std::list<Door> doors_;
    std::uint16_t port_ = 0;
    std::unique_ptr<Tcp::resolver> resolver_;
    std::unique_ptr<Epmd> epmd_;
};

}  // namespace ci::node
