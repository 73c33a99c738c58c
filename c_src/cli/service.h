// What `run` and `port` have in common: the inspector, the worker threads, the event loop, and an
// orderly end on a signal.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <filesystem>
#include <optional>

#include "cli/descriptors.h"
#include "commands/commands.h"
#include "commands/workers.h"
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

    /// For front ends: runs a command in a worker thread.
    [[nodiscard]] commands::Ask ask();
    [[nodiscard]] commands::AskUntil ask_until();

    /// Runs a job in a worker thread, unless the service ends before its turn.
    void work(commands::Job job);
    [[nodiscard]] inspector::Inspector& inspector() noexcept { return *inspector_; }

    /// Runs a command in this thread, before the event loop runs.
    commands::Outcome run_now(const std::vector<std::string>& words);

    /// Runs the event loop until stop(), SIGINT, SIGTERM or SIGHUP.
    void run();

    /// From any thread.
    void stop() { context_.stop(); }

  private:
    boost::asio::io_context context_{1};
    const Descriptors descriptors_;
    boost::asio::signal_set signals_;  ///< outlives those below, so a second signal is ignored
    std::optional<inspector::Inspector> inspector_;
    commands::Workers workers_;
};

}  // namespace ci::cli
