// One connection from connecting to closing, in one thread, because librabbitmq's calls block.
#pragma once

#include <amqp.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "broker/connection.h"
#include "broker/url.h"

namespace ci::broker {

/// Why a connection failed or broke; what() is for the operator.
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Session {
  public:
    /// Connects, within seconds. Throws Broken.
    Session(const Url& url, const Options& options);
    void login(const Url& url);
    /// Declares and binds the same as Kazoo's own inspector, and consumes. Throws Broken.
    void consume(const std::string& queue);

    void publish(const Outgoing& outgoing);
    /// A whole body that has arrived; empty: there is none at the moment. Sends heartbeats. Throws
    /// Broken.
    std::optional<std::string> next();

    [[nodiscard]] int descriptor() const { return amqp_get_sockfd(connection_.get()); }

    /// Closes the connection in an orderly way.
    void close();

  private:
    struct Destroy {
        void operator()(amqp_connection_state_t connection) const {
            amqp_destroy_connection(connection);
        }
    };
    void must(const char* what) const;
    void handle_frame();

    std::unique_ptr<amqp_connection_state_t_, Destroy> connection_;
};

}  // namespace ci::broker
