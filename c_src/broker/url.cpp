#include "broker/url.h"

#include <amqp.h>

namespace ci::broker {

std::optional<Url> parse_url(std::string text) {
    amqp_connection_info info{};
    amqp_default_connection_info(&info);
    if (amqp_parse_url(text.data(), &info) != AMQP_STATUS_OK) return std::nullopt;
    Url url{info.user, info.password, info.host, info.vhost, info.port, info.ssl != 0};
    // RabbitMQ's tools and Kazoo write the default vhost with or without its slash.
    if (url.vhost.empty()) url.vhost = "/";
    if (url.host.empty()) return std::nullopt;
    return url;
}

}  // namespace ci::broker
