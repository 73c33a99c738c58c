#include "fronts/port.h"

#include <optional>

#include "cli/options.h"
#include "cli/service.h"
#include "cli/settings_options.h"
#include "cli/subcommand.h"
#include "fronts/control.h"

namespace ci::cli {

int port(const Arguments& arguments) {
    namespace po = boost::program_options;
    po::options_description description;
    auto add = description.add_options();
    add("root", po::value<std::string>());
    add("socket", po::value<std::string>());
    add_settings_options(description);
    const auto values = parse_options(arguments, description);

    const fronts::PortOptions descriptors = fronts::take_standard_descriptors();
    fronts::Port* owner = nullptr;
    const auto log = [&owner](commands::Level level, std::string_view text) {
        constexpr erlang::Level levels[] = {erlang::Level::info, erlang::Level::warning,
                                            erlang::Level::error};
        owner->log(levels[static_cast<std::size_t>(level)], text);
    };
    commands::Settings settings;
    take_settings(values, settings);
    Service service(values.count("root") != 0
                        ? std::filesystem::path(values["root"].as<std::string>())
                        : store::default_root(),
                    log, settings);
    fronts::Port front(
        service.context(), service.ask(), [&service] { service.stop(); }, descriptors);
    owner = &front;  // nothing is logged before a parser runs, and none does before start()
    std::optional<fronts::Control> control;
    if (values.count("socket") != 0) {
        control.emplace(service.context(), values["socket"].as<std::string>(), service.ask());
    }
    front.start();
    service.run();
    return front.exit_code();
}

}  // namespace ci::cli
