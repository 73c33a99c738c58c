// What all connections of a node share. Only the event loop's thread uses it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <random>
#include <string>
#include <utility>

#include "commands/outcome.h"
#include "commands/room.h"
#include "inspector/inspector.h"
#include "inspector/settings.h"
#include "node/logins.h"
#include "node/rarely.h"

namespace ci::node {

struct NodeLimits {
    std::size_t sessions = 256;           ///< connections of clients that have proved the cookie
    std::size_t logins = 64;              ///< connections that have not
    std::size_t calls = 100;              ///< calls of one client at a time
    std::size_t packet = 1UL << 20U;      ///< bytes of one message from a client
    std::size_t unwritten = 64UL << 20U;  ///< bytes that a client leaves unread
    std::size_t all_unwritten = 320UL << 20U;  ///< bytes that all leave unread; more than `answers`
    std::size_t answers = 256UL << 20U;        ///< bytes of all texts that are being printed
    int descriptors = 1 << 20;                 ///< a connection's is below this
    std::chrono::milliseconds login = std::chrono::seconds(7);     ///< to log in
    std::chrono::milliseconds reading = std::chrono::seconds(30);  ///< a client reads something
};

/// A connection, as far as limits are concerned.
class Connection {
  public:
    Connection() = default;
    virtual ~Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual void end() = 0;
    /// It may be ended for another one: nobody waits for anything.
    [[nodiscard]] virtual bool is_idle() const = 0;
    [[nodiscard]] virtual const std::string& peer() const = 0;
    /// The bytes that wait for its client to read.
    [[nodiscard]] virtual std::size_t unread() const { return 0; }
    /// Ends it because its client does not read.
    virtual void end_unread() { end(); }
};

struct House {
    House(boost::asio::io_context& context, inspector::NodeSettings wanted, std::string secret,
          commands::AskUntil ask_command, inspector::Log line, const NodeLimits& most)
        : io(context),
          settings(std::move(wanted)),
          cookie(std::move(secret)),
          ask(std::move(ask_command)),
          log(std::move(line)),
          limits(most) {}

    boost::asio::io_context& io;
    inspector::NodeSettings settings;
    std::string cookie;
    commands::AskUntil ask;
    inspector::Log log;
    NodeLimits limits;
    commands::Room room{limits.answers};
    std::uint32_t creation = 0;  ///< never 0: that would be any start of the node
    std::string host, full_host;
    Logins failed;
    std::list<Connection*> logins, sessions;  ///< the oldest first
    std::uint64_t refused = 0;                ///< connections for which no descriptor was free
    Rarely refusals;
    std::mt19937 names{std::random_device{}()};
};

}  // namespace ci::node
