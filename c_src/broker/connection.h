// A connection to an AMQP 0-9-1 broker (RabbitMQ) in a thread of its own, by librabbitmq: the queue
// and the exchanges that Kazoo's own inspector has. Lost, it is tried again after 1, 2, 4 .. 30
// seconds. Users and passwords never leave this room.
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
        urls;  ///< amqp://USER:PASSWORD@HOST:PORT/VHOST, amqps://: one at a time
    std::string ca, certificate, key;  ///< PEM files, for amqps; no ca: those of the system
    std::string queue;                 ///< its name begins with that; each connection has its own
    std::size_t most_taken = 100;      ///< messages that are being read; further ones stay outside
    std::size_t most_waiting = 1'000;  ///< to be published
    std::size_t most_waiting_bytes = 64UL * 1024 * 1024;
};

struct Outgoing {
    std::string exchange, key, body;
    std::optional<std::string> deliver_to_pid;  ///< the header Deliver-To-PID
};

struct Hooks {
    // From the connection's thread.
    std::function<void(const std::string& queue)> bound;
    std::function<void()> unbound;
    /// `done` is to be called, from any thread, when the body was read.
    std::function<void(std::string body, std::function<void()> done)> message;
    std::function<void(bool trouble, const std::string& text)> log;
};

struct Stats {
    std::string broker;  ///< host:port of the URL that is, was, or will be tried
    std::uint64_t reconnects = 0;
    std::uint64_t dropped = 0;  ///< not published: too many waited, or the connection was lost
    std::string trouble;        ///< empty: connected
};

class Connection {
  public:
    /// Throws std::runtime_error, which names no password, if a URL is none.
    Connection(Options options, Hooks hooks);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start();
    /// Publishes what waits, if that takes no longer than a second; no hook is called afterwards.
    void stop();

    /// From any thread; does not block. What waits while there is no connection is dropped.
    void publish(Outgoing outgoing);
    [[nodiscard]] Stats stats() const;

  private:
    class Thread;
    std::shared_ptr<Thread> thread_;
};

}  // namespace ci::broker
