// Connects AmqpAnswers to the service's store.
#pragma once

#include <memory>
#include <string>

#include "cli/service.h"
#include "commands/look_up.h"
#include "fronts/amqp_answers.h"
#include "inspector/settings.h"

namespace ci::cli {

inline amqp::Limits amqp_limits(const inspector::AmqpSettings& settings) {
    constexpr wire::Micros millisecond = 1'000;
    amqp::Limits limits;
    limits.gather = static_cast<wire::Micros>(settings.gather_ms) * millisecond;
    return limits;
}

/// The hooks that do not depend on the transport.
inline fronts::AmqpAnswers::Hooks amqp_hooks(Service& service) {
    fronts::AmqpAnswers::Hooks hooks;
    hooks.work = [&service](commands::Job job) { service.work(std::move(job)); };
    hooks.look_up = [&service](const amqp::Question& question) {
        return commands::look_up(service.inspector(), question);
    };
    hooks.priors = [&service] { return service.inspector().clocks().priors(); };
    hooks.rules = &service.inspector().settings().rules;
    return hooks;
}

/// For a stand-alone inspector: its own connection to a broker.
class Broker {
  public:
    /// Throws std::runtime_error with a line for the operator, also if the program was built
    /// without AMQP.
    Broker(Service& service, const inspector::AmqpSettings& settings, inspector::Log log);
    /// Tells the other inspectors that this one leaves.
    ~Broker();
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

  private:
    struct Link;
    std::unique_ptr<Link> link_;
};

}  // namespace ci::cli
