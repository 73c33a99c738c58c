#include "fronts/port.h"

#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "cli/service.h"
#include "cli/settings_options.h"
#include "cli/subcommand.h"
#include "fronts/control.h"

namespace ci::cli {
namespace {

/// The store speaks before there is an owner to listen, and when there is none any more.
class OwnersLog {
  public:
    void write(commands::Level level, std::string_view text) {
        const std::scoped_lock lock(mutex_);
        if (port_ != nullptr) {
            send(level, text);
        } else if (had_port_) {
            std::cerr << "call_inspector: " << text << std::endl;
        } else {
            early_.emplace_back(level, text);
        }
    }
    void attach(fronts::Port& port) {
        const std::scoped_lock lock(mutex_);
        port_ = &port;
        had_port_ = true;
        for (const auto& [level, text] : early_) send(level, text);
        early_.clear();
    }
    void detach() {
        const std::scoped_lock lock(mutex_);
        port_ = nullptr;
    }

  private:
    void send(commands::Level level, std::string_view text) {
        constexpr erlang::Level levels[] = {erlang::Level::info, erlang::Level::warning,
                                            erlang::Level::error};
        port_->log(levels[static_cast<std::size_t>(level)], text);
    }

    std::mutex mutex_;
    fronts::Port* port_ = nullptr;
    bool had_port_ = false;
    std::vector<std::pair<commands::Level, std::string>> early_;
};

struct Attached {
    OwnersLog& log;
    Attached(OwnersLog& owners_log, fronts::Port& port) : log(owners_log) { log.attach(port); }
    ~Attached() { log.detach(); }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;
};

}  // namespace

int port(const Arguments& arguments) {
    namespace po = boost::program_options;
    po::options_description description;
    auto add = description.add_options();
    add("root", po::value<std::string>());
    add("socket", po::value<std::string>());
    add_settings_options(description);
    const auto values = parse_options(arguments, description);

    const fronts::PortOptions descriptors = fronts::take_standard_descriptors();
    OwnersLog owners_log;
    const auto log = [&owners_log](commands::Level level, std::string_view text) {
        owners_log.write(level, text);
    };
    commands::Settings settings;
    take_settings(values, settings);
    Service service(values.count("root") != 0
                        ? std::filesystem::path(values["root"].as<std::string>())
                        : store::default_root(),
                    log, settings);
    const auto take_amqp = [](const erlang::Amqp& /*amqp*/, const commands::Reply& reply) {
        reply({commands::Status::ok, ""});
    };
    fronts::Port front(
        service.context(), service.ask(), take_amqp, [&service] { service.stop(); }, descriptors);
    const Attached attached(owners_log, front);
    std::optional<fronts::Control> control;
    if (values.count("socket") != 0) {
        control.emplace(service.context(), values["socket"].as<std::string>(), service.ask());
    }
    front.start();
    service.run();
    return front.exit_code();
}

}  // namespace ci::cli
