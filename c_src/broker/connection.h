// A connection to an AMQP 0-9-1 broker (RabbitMQ) by librabbitmq, in its own thread, with the queue
// and the exchanges of Kazoo's own inspector. A lost connection is retried after 1, 2, 4 .. 30
// seconds. User names and passwords never leave this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ci::broker {

struct Options {
    std::vector<std::string>
        urls;  ///< amqp://USER:PASSWORD@HOST:PORT/VHOST, amqps://; tried one at a time
    std::string ca, certificate, key;  ///< PEM files, for amqps; no ca: the system's
    std::string queue;                 ///< prefix of the name; each connection has its own queue
    std::size_t max_taken = 100;       ///< messages being read; further ones stay at the broker
    std::size_t max_waiting = 1'000;   ///< messages to be published
    std::size_t max_waiting_bytes = 64UL * 1024 * 1024;
};

struct Outgoing {
    std::string exchange, key, body;
    std::optional<std::string> deliver_to_pid;  ///< the header Deliver-To-PID
};

struct Hooks {
    // Called from the connection's thread.
    std::function<void(const std::string& queue)> bound;
    std::function<void()> unbound;
    /// Call `done` from any thread when the body has been read.
    std::function<void(std::string body, std::function<void()> done)> message;
    std::function<void(bool trouble, const std::string& text)> log;
};

struct Stats {
    std::string broker;  ///< host:port of the URL in use, or tried next
    std::uint64_t reconnects = 0;
    std::uint64_t dropped = 0;  ///< unpublished: too many waited, or the connection was lost
    std::string trouble;        ///< empty: connected
};

class Connection {
  public:
    /// Throws std::runtime_error, which names no password, if a URL is invalid.
    Connection(Options options, Hooks hooks);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start();
    /// Publishes waiting messages if that takes no longer than a second. No hook is called
    /// afterwards.
    void stop();

    /// From any thread; does not block. Messages are dropped while there is no connection.
    void publish(Outgoing outgoing);
    [[nodiscard]] Stats stats() const;

  private:
    class Thread;
    std::shared_ptr<Thread> thread_;
};

}  // namespace ci::broker
