// What `run` and `port` have in common: the inspector, the worker threads, the event loop, and an
// orderly end on a signal.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "cli/descriptors.h"
#include "cli/end_signals.h"
#include "commands/commands.h"
#include "commands/workers.h"
#include "fronts/amqp_answers.h"
#include "fronts/control_places.h"

namespace ci::cli {

class Service {
  public:
    Service(const std::filesystem::path& root, inspector::Log log, inspector::Settings settings);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }

    /// Connections of clients have descriptors below this.
    [[nodiscard]] int client_descriptors() const noexcept { return descriptors_.control; }

    [[nodiscard]] fronts::ControlLimits control_limits() const noexcept {
        fronts::ControlLimits limits;
        limits.descriptors = descriptors_.control;
        return limits;
    }

    /// Sets how other inspectors are asked. Call before commands can run.
    void tell_others(fronts::AmqpAnswers::AskOthers ask) { ask_others_ = std::move(ask); }

    /// For front ends: runs a command in a worker thread.
    [[nodiscard]] commands::Ask ask();
    [[nodiscard]] commands::AskUntil ask_until();

    /// Runs a job in a worker thread, unless the service ends before its turn.
    void work(commands::Job job);
    /// Likewise; false: too many wait.
    [[nodiscard]] bool offer(commands::Job job) { return workers_.offer(std::move(job)); }
    [[nodiscard]] inspector::Inspector& inspector() noexcept { return *inspector_; }

    /// Runs a command in this thread, before the event loop runs.
    commands::Outcome run_now(const std::vector<std::string>& words);

    /// Runs the event loop until stop(), SIGINT, SIGTERM or SIGHUP.
    void run();

    /// From any thread.
    void stop() { context_.stop(); }

  private:
    /// A question under way.
    struct Asked {
        std::vector<std::string> words;
        std::stop_token end;
        commands::Reply reply;
    };
    void answer(const std::shared_ptr<Asked>& asked);
    /// Replies, or asks the other inspectors and goes on with what they report.
    void take(commands::Step step, const std::shared_ptr<Asked>& asked);
    [[nodiscard]] commands::Job job_for(const std::shared_ptr<Asked>& asked,
                                        std::function<void()> run);

    boost::asio::io_context context_{1};
    const Descriptors descriptors_;
    EndSignals signals_;  ///< outlives those below: further ones mean nothing
    fronts::AmqpAnswers::AskOthers ask_others_;  ///< empty: AMQP is not in use
    std::optional<inspector::Inspector> inspector_;
    commands::Workers workers_;
};

}  // namespace ci::cli
