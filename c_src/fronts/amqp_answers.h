// Answers AMQP queries, whichever way the messages travel. This class drives the Responder's timer,
// has worker threads query the store and make answers, and passes on what is to be published.
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
#include "fronts/call_events.h"
#include "order/observe/clock.h"

namespace ci::fronts {

/// The state of the transport, for amqp_stats.
struct AmqpTransport {
    std::string broker;  ///< "10.0.0.1:5672"; empty: the port's owner has the connection
    std::uint64_t reconnects = 0;
    std::uint64_t dropped = 0;  ///< answers that could not be passed on
    std::string trouble;        ///< why there is no connection; empty: there is one
};

class AmqpAnswers {
  public:
    /// What is known of the observers' clocks, for order::order().
    using Priors = std::shared_ptr<const std::vector<order::ClockPrior>>;

    struct Hooks {
        /// Runs a job in another thread. Not called after the destruction of AmqpAnswers, but a job
        /// may run later.
        std::function<void(commands::Job)> work;
        std::function<amqp::Found(const amqp::Question&)> look_up;  ///< called from such a thread
        std::function<Priors()> priors;                             ///< likewise; never null
        const calls::Rules* rules = nullptr;                        ///< names of hosts; may be null
        std::function<void(amqp::Publication)> publish;             ///< must not block
        std::function<AmqpTransport()> transport;
        std::function<CallEvents::Counts()> call_events;  ///< empty: they do not come this way
    };

    AmqpAnswers(boost::asio::io_context& io, Hooks hooks, const amqp::Limits& limits);
    /// After this no hook is called except look_up and priors.
    ~AmqpAnswers();
    AmqpAnswers(const AmqpAnswers&) = delete;
    AmqpAnswers& operator=(const AmqpAnswers&) = delete;

    /// Asks the other inspectors. `done` is called once, in a thread of `work` or in the caller's.
    using Done = std::function<void(amqp::Gathered)>;
    /// Likewise, for as long as this object exists; later the answer tells that nobody was asked.
    using AskOthers = std::function<void(amqp::Inquiry, std::vector<std::string> without, Done)>;
    [[nodiscard]] AskOthers ask_others() const;

    // From any thread.
    /// The node's name, where it is known before there is a queue.
    void name(std::string node);
    void bound(std::string queue, std::string node);
    void unbound();
    void leave();
    /// Like leave(), but the caller publishes the result, the body of a `present`. Empty: nothing
    /// is to be sent.
    [[nodiscard]] std::string farewell();
    /// Counts a message that could not be passed on for decoding.
    void refuse(amqp::Malformed why);
    /// `reply` is called from another thread when the message has been decoded.
    void take(std::string body, commands::Reply reply);

    /// Random, new at each start.
    [[nodiscard]] const std::string& instance() const noexcept;

    /// A function that gives a JSON object and a line feed, or "" after this object's destruction.
    [[nodiscard]] std::function<std::string()> stats() const;

  private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace ci::fronts
