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
template <class Run>
auto guarded(Run run) -> decltype(run()) {
    try {
        return run();
    } catch (const wire::TookTooLong&) {
        throw;
    } catch (const std::exception& error) {
        return commands::Outcome{commands::Status::failed, wire::visible_line(error.what()) + "\n"};
    }
}

commands::Outcome run_guarded(inspector::Inspector& inspector,
                              const std::vector<std::string>& words) {
    return guarded([&] { return commands::run(inspector, words); });
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
    signals_.listen([this] { stop(); });
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
        const auto asked =
            std::make_shared<Asked>(Asked{std::move(words), std::move(end), std::move(reply)});
        if (!workers_.offer(job_for(asked, [this, asked] { answer(asked); }))) {
            asked->reply({commands::Status::failed, "busy: too many questions wait\n"});
        }
    };
}

commands::Job Service::job_for(const std::shared_ptr<Asked>& asked, std::function<void()> run) {
    commands::Job job = commands::job_of(asked->words);
    job.cancelled = asked->end;
    job.run = std::move(run);
    job.give_up = [asked](std::chrono::seconds after) { asked->reply(given_up(after)); };
    return job;
}

void Service::answer(const std::shared_ptr<Asked>& asked) {
    std::optional<commands::Step> step;
    if (ask_others_) {
        step = guarded([&] { return commands::begin(*inspector_, asked->words); });
    }
    if (step) {
        take(*std::move(step), asked);
    } else {
        asked->reply(run_guarded(*inspector_, asked->words));
    }
}

void Service::take(commands::Step step, const std::shared_ptr<Asked>& asked) {
    if (auto* const outcome = std::get_if<commands::Outcome>(&step)) {
        commands::make_visible(*outcome);
        asked->reply(std::move(*outcome));
        return;
    }
    auto& inquired = std::get<commands::Inquired>(step);
    auto go_on = [this, asked, then = std::move(inquired.then)](amqp::Gathered gathered) {
        const auto shared = std::make_shared<amqp::Gathered>(std::move(gathered));
        work(job_for(asked, [this, asked, then, shared] {
            take(guarded([&] { return then(*inspector_, std::move(*shared)); }), asked);
        }));
    };
    ask_others_(std::move(inquired.inquiry), std::move(inquired.without), std::move(go_on));
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
