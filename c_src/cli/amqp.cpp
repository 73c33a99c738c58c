#include "cli/amqp.h"

#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

#ifdef CI_AMQP
#include "broker/connection.h"
#endif

namespace ci::cli {

#ifdef CI_AMQP
namespace {

std::string default_node() {
    std::array<char, 256> host{};
    (void)::gethostname(host.data(), host.size() - 1);
    return std::string("call_inspector@") + host.data();
}

broker::Outgoing outgoing(amqp::Publication publication) {
    broker::Outgoing out{std::move(publication.exchange), std::move(publication.key),
                         std::move(publication.body), std::nullopt};
    if (out.exchange != amqp::targeted) return out;
    if (auto address = amqp::parse_server_id(out.key)) {
        out.key = std::move(address->key);
        out.deliver_to_pid = std::move(address->pid);
    }
    return out;
}

}  // namespace

/// The connection is declared first, so it outlives the answers that use it.
struct Broker::Link {
    std::string node;
    std::unique_ptr<broker::Connection> connection;
    std::unique_ptr<fronts::AmqpAnswers> answers;
};

Broker::Broker(Service& service, const inspector::AmqpSettings& settings, inspector::Log log)
    : link_(std::make_unique<Link>()) {
    Link* link = link_.get();
    link->node = settings.node.empty() ? default_node() : settings.node;

    broker::Options options;
    options.urls = settings.urls;
    options.ca = settings.ca;
    options.certificate = settings.certificate;
    options.key = settings.key;
    broker::Hooks hooks;
    hooks.bound = [link](const std::string& queue) { link->answers->bound(queue, link->node); };
    hooks.unbound = [link] { link->answers->unbound(); };
    hooks.message = [link](std::string body, std::function<void()> done) {
        link->answers->take(std::move(body),
                            [done = std::move(done)](const commands::Outcome&) { done(); });
    };
    hooks.log = [log = std::move(log)](bool trouble, const std::string& text) {
        log(trouble ? inspector::Level::error : inspector::Level::info, text);
    };

    auto answering = amqp_hooks(service);
    answering.publish = [link](amqp::Publication publication) {
        link->connection->publish(outgoing(std::move(publication)));
    };
    answering.transport = [link] {
        const broker::Stats stats = link->connection->stats();
        return fronts::AmqpTransport{stats.broker, stats.reconnects, stats.dropped, stats.trouble};
    };
    link->answers = std::make_unique<fronts::AmqpAnswers>(service.context(), std::move(answering),
                                                          amqp_limits(settings));
    link->answers->name(link->node);
    options.queue = "call_inspector-" + link->answers->instance();
    link->connection = std::make_unique<broker::Connection>(std::move(options), std::move(hooks));
    service.inspector().tell_amqp(link->answers->stats());
    service.tell_others(link->answers->ask_others());
    link->connection->start();
}

Broker::~Broker() {
    link_->answers->leave();
    link_->connection->stop();
}
#else
struct Broker::Link {};

Broker::Broker(Service& /*service*/, const inspector::AmqpSettings& /*settings*/,
               inspector::Log /*log*/) {
    throw std::runtime_error("amqp: this program was built without it (cmake -DCI_AMQP=ON)");
}

Broker::~Broker() = default;
#endif

}  // namespace ci::cli
