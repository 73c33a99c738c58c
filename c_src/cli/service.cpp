#include "cli/service.h"

#include <csignal>
#include <exception>
#include <memory>
#include <utility>

#include "os/library.h"
#include "wire/patience.h"
#include "wire/visible.h"

namespace ci::cli {
namespace {

/// A command that throws (out of memory for a huge call) must not end the intake.
commands::Outcome run_guarded(inspector::Inspector& inspector,
                              const std::vector<std::string>& words) {
    try {
        return commands::run(inspector, words);
    } catch (const wire::TookTooLong&) {
        throw;
    } catch (const std::exception& error) {
        return {commands::Status::failed, wire::visible_line(error.what()) + "\n"};
    }
}

commands::Outcome given_up(std::chrono::seconds after) {
    return {commands::Status::failed,
            "took too long: given up after " + std::to_string(after.count()) + " s\n"};
}

/// Ignores signals that would kill the process.
void ignore_signals() {
    std::signal(SIGPIPE, SIG_IGN);  // a client that closed its connection is no reason to end
    std::signal(SIGXFSZ, SIG_IGN);  // a file at its size limit gives a write error
}

/// True under nohup, when the program must survive its terminal.
bool is_ignored(int signal) {
    struct sigaction now {};
    return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

// A signal ends the process at once until the inspector is constructed: its start may take a while,
// and a kill loses nothing that is stored.
Service::Service(const std::filesystem::path& root, inspector::Log log,
                 inspector::Settings settings)
    : descriptors_(raise_descriptor_limit()), signals_(context_) {
    ignore_signals();
    os::openssl();  // the store needs it, so its absence is told now and not by the first message
    settings.max_descriptor = descriptors_.parsers;
    inspector_.emplace(root, std::move(log), std::move(settings));
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    if (!is_ignored(SIGHUP)) signals_.add(SIGHUP);
    signals_.async_wait([this](const boost::system::error_code& failure, int /*signal*/) {
        if (!failure) stop();
    });
}

Service::~Service() {
    inspector_->end();
    workers_.stop();
}

commands::Ask Service::ask() {
    return [ask = ask_until()](std::vector<std::string> words, commands::Reply reply) {
        ask(std::move(words), {}, std::move(reply));
    };
}

commands::AskUntil Service::ask_until() {
    return [this](std::vector<std::string> words, std::stop_token end, commands::Reply reply) {
        const auto answer = std::make_shared<commands::Reply>(std::move(reply));
        commands::Job job = commands::job_of(words);
        job.cancelled = std::move(end);
        job.run = [this, words = std::move(words), answer] {
            (*answer)(run_guarded(*inspector_, words));
        };
        job.give_up = [answer](std::chrono::seconds after) { (*answer)(given_up(after)); };
        if (!workers_.offer(std::move(job))) {
            (*answer)({commands::Status::failed, "busy: too many questions wait\n"});
        }
    };
}

void Service::work(commands::Job job) {
    workers_.post(std::move(job));
}

commands::Outcome Service::run_now(const std::vector<std::string>& words) {
    return run_guarded(*inspector_, words);
}

void Service::run() {
    context_.run();
}

}  // namespace ci::cli
