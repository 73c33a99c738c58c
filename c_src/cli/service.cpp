#include "cli/service.h"

#include <sys/resource.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <exception>

#include "wire/visible.h"

namespace ci::cli {
namespace {

constexpr std::size_t worker_threads = 2;

/// A parser may have a thousand connections, and the store must still open its files.
void allow_many_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

/// A command that throws (no memory for a huge call) must not take the intake down with it.
commands::Outcome run_guarded(commands::Inspector& inspector,
                              const std::vector<std::string>& words) {
    try {
        return commands::run(inspector, words);
    } catch (const std::exception& error) {
        return {commands::Status::failed, wire::visible_line(error.what()) + "\n"};
    }
}

}  // namespace

Service::Service(const std::filesystem::path& root, commands::Log log, commands::Settings settings)
    : signals_(context_, SIGINT, SIGTERM), workers_(worker_threads) {
    std::signal(SIGPIPE, SIG_IGN);  // an asker who went away is that asker's affair
    allow_many_descriptors();
    inspector_.emplace(root, std::move(log), std::move(settings));
    signals_.async_wait([this](const boost::system::error_code& failure, int /*signal*/) {
        if (!failure) stop();
    });
}

Service::~Service() {
    inspector_->end();
    workers_.stop();
    workers_.join();
}

commands::Ask Service::ask() {
    return [this](std::vector<std::string> words, commands::Reply reply) {
        boost::asio::post(workers_, [this, words = std::move(words), reply = std::move(reply)] {
            reply(run_guarded(*inspector_, words));
        });
    };
}

void Service::work(std::function<void()> job) {
    boost::asio::post(workers_, std::move(job));
}

commands::Outcome Service::run_now(const std::vector<std::string>& words) {
    return run_guarded(*inspector_, words);
}

void Service::run() {
    context_.run();
}

}  // namespace ci::cli
