// Answers what comes by AMQP, whichever way it travels: keeps the Responder's time, has the store
// asked and answers made by the threads that carry out commands, and hands on what is to be
// published.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "amqp/responder.h"
#include "commands/outcome.h"
#include "commands/workers.h"
#include "order/observe/clock.h"

namespace ci::fronts {

/// How messages travel, for amqp_stats.
struct AmqpTransport {
    std::string broker;  ///< "10.0.0.1:5672"; empty: the port's owner has it
    std::uint64_t reconnects = 0;
    std::uint64_t dropped = 0;  ///< answers that could not be handed over
    std::string trouble;        ///< why there is no connection; empty: there is one
};

class AmqpAnswers {
  public:
    /// What is known of the observers' clocks, as order::order() wants it.
    using Priors = std::shared_ptr<const std::vector<order::ClockPrior>>;

    struct Hooks {
        /// Does it in another thread. Not called after the AmqpAnswers is gone; what it was given
        /// may run later.
        std::function<void(commands::Job)> work;
        std::function<amqp::Found(const amqp::Question&)> look_up;  ///< from such a thread
        std::function<Priors()> priors;                             ///< likewise; never null
        std::function<void(amqp::Publication)> publish;             ///< must not block
        std::function<AmqpTransport()> transport;
    };

    AmqpAnswers(boost::asio::io_context& io, Hooks hooks, const amqp::Limits& limits);
    /// No hook but look_up and priors is called afterwards.
    ~AmqpAnswers();
    AmqpAnswers(const AmqpAnswers&) = delete;
    AmqpAnswers& operator=(const AmqpAnswers&) = delete;

    // From any thread.
    void bound(std::string queue, std::string node);
    void unbound();
    void leave();
    /// As leave(), but whoever asks publishes it: the body of a `present`. Empty: nobody listens.
    [[nodiscard]] std::string farewell();
    /// Counts a message that could not even be handed over.
    void refuse(amqp::Malformed why);
    /// The reply comes, from another thread, when the message was read.
    void take(std::string body, commands::Reply reply);

    /// Random, new at each start.
    [[nodiscard]] const std::string& instance() const noexcept;

    /// A JSON object and a line feed. May be called, and gives "" then, when this object is gone.
    [[nodiscard]] std::function<std::string()> stats() const;

  private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace ci::fronts
