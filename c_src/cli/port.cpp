#include "fronts/port.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/amqp.h"
#include "cli/print.h"
#include "cli/service.h"
#include "cli/settings_options.h"
#include "cli/subcommand.h"
#include "cli/web.h"
#include "fronts/control.h"
#include "os/mutex.h"
#include "wire/visible.h"

namespace ci::cli {
namespace {

/// Log lines come also before the owner is attached, which are kept, and after it is detached,
/// which go to standard error.
class OwnersLog {
  public:
    void write(inspector::Level level, std::string_view text) {
        const os::MutexLock lock(mutex_);
        if (port_ != nullptr) {
            send(level, text);
        } else if (had_port_) {
            complain(text);
        } else {
            early_.emplace_back(level, text);
        }
    }
    void attach(fronts::Port& port) {
        const os::MutexLock lock(mutex_);
        port_ = &port;
        had_port_ = true;
        for (const auto& [level, text] : early_) send(level, text);
        early_.clear();
    }
    void detach() {
        const os::MutexLock lock(mutex_);
        port_ = nullptr;
    }

  private:
    void send(inspector::Level level, std::string_view text) REQUIRES(mutex_) {
        constexpr erlang::Level levels[] = {erlang::Level::info, erlang::Level::warning,
                                            erlang::Level::error};
        port_->log(levels[static_cast<std::size_t>(level)], wire::visible_line(text));
    }

    os::Mutex mutex_;
    fronts::Port* port_ GUARDED_BY(mutex_) = nullptr;
    bool had_port_ GUARDED_BY(mutex_) = false;
    std::vector<std::pair<inspector::Level, std::string>> early_ GUARDED_BY(mutex_);
};

struct Attached {
    OwnersLog& log;
    Attached(OwnersLog& owners_log, fronts::Port& port) : log(owners_log) { log.attach(port); }
    ~Attached() { log.detach(); }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;
};

wire::Micros wall_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

/// Handles the owner's AMQP messages, while the event loop runs.
struct OwnersAmqp {
    fronts::AmqpAnswers* answers = nullptr;
    fronts::CallEvents* call_events = nullptr;
    commands::Reply reply;

    void operator()(erlang::AmqpMessage message) const {
        if (message.key.starts_with(fronts::CallEvents::key)) {
            return reply(call_events->take(message.body, wall_clock()));
        }
        answers->take(std::move(message.body), reply);
    }
    void operator()(erlang::AmqpBound bound) const {
        answers->bound(std::move(bound.queue), std::move(bound.node));
        reply({commands::Status::ok, ""});
    }
    void operator()(const erlang::AmqpUnbound& /*none*/) const {
        answers->unbound();
        reply({commands::Status::ok, ""});
    }
    void operator()(const erlang::AmqpLeaving& /*none*/) const {
        reply({commands::Status::ok, answers->farewell()});
    }
    void operator()(const erlang::AmqpNotUnderstood& /*none*/) const {
        answers->refuse(amqp::Malformed::not_understood);
        reply({commands::Status::ok, ""});
    }
};

}  // namespace

Options port_options() {
    Options options;
    add_place_options(options.table);
    add_settings_options(options.table);
    return options;
}

int port(const po::variables_map& values) {
    const fronts::PortOptions descriptors = fronts::take_standard_descriptors();
    OwnersLog owners_log;
    const auto log = [&owners_log](inspector::Level level, std::string_view text) {
        owners_log.write(level, text);
    };
    inspector::Settings settings;
    apply_settings(values, settings);
    Service service(values.count("root") != 0
                        ? std::filesystem::path(values["root"].as<std::string>())
                        : store::default_root(),
                    log, settings);
    OwnersAmqp owners_amqp;
    const auto on_amqp = [&owners_amqp](erlang::Amqp amqp, const commands::Reply& reply) {
        owners_amqp.reply = reply;
        std::visit(owners_amqp, std::move(amqp));
    };
    fronts::Port front(
        service.context(), service.ask(), on_amqp, [&service] { service.stop(); }, descriptors);
    const Attached attached(owners_log, front);
    auto hooks = amqp_hooks(service);
    hooks.publish = [&front](amqp::Publication out) {
        front.publish(std::move(out.exchange), std::move(out.key), std::move(out.body));
    };
    hooks.transport = [&front] { return fronts::AmqpTransport{{}, 0, front.events_dropped(), {}}; };
    fronts::CallEvents call_events(
        [&service](const chunk::Draft& draft) { return service.inspector().keep_aside(draft); });
    hooks.call_events = [&call_events] { return call_events.counts(); };
    fronts::AmqpAnswers answers(service.context(), std::move(hooks), amqp_limits(settings.amqp));
    owners_amqp.answers = &answers;
    owners_amqp.call_events = &call_events;
    service.inspector().tell_amqp(answers.stats());
    service.tell_others(answers.ask_others());
    std::optional<fronts::Control> control;
    if (values.count("socket") != 0) {
        control.emplace(service.context(), values["socket"].as<std::string>(), service.ask(),
                        service.control_limits());
    }
    const auto web = start_web(service, settings.web, WebIf::asked, false, log);
    front.start();
    service.run();
    return front.exit_code();
}

}  // namespace ci::cli
