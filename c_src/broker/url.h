// An AMQP URL taken apart by librabbitmq.
#pragma once

#include <optional>
#include <string>

namespace ci::broker {

struct Url {
    std::string user, password, host, vhost;
    int port = 0;
    bool is_tls = false;

    /// For people: without user and password.
    [[nodiscard]] std::string shown() const { return host + ":" + std::to_string(port); }
};

/// Empty: not an AMQP URL.
[[nodiscard]] std::optional<Url> parse_url(std::string text);

}  // namespace ci::broker
