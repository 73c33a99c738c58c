// Answers by AMQP, as the service's store has them.
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

/// What does not depend on how messages travel.
inline fronts::AmqpAnswers::Hooks amqp_hooks(Service& service) {
    fronts::AmqpAnswers::Hooks hooks;
    hooks.work = [&service](commands::Job job) { service.work(std::move(job)); };
    hooks.look_up = [&service](const amqp::Question& question) {
        return commands::look_up(service.inspector().store(), question);
    };
    hooks.priors = [&service] { return service.inspector().clocks().priors(); };
    return hooks;
}

/// Stand-alone: with a connection to a broker of its own.
class Broker {
  public:
    /// Throws std::runtime_error with a line for the operator, also where the program was built
    /// without AMQP.
    Broker(Service& service, const inspector::AmqpSettings& settings, inspector::Log log);
    /// Says goodbye to the other inspectors.
    ~Broker();
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

  private:
    struct Link;
    std::unique_ptr<Link> link_;
};

}  // namespace ci::cli
