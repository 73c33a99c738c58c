#include "commands/doctor.h"

#include <optional>
#include <variant>

#include "commands/numbers.h"
#include "commands/plain_outcomes.h"
#include "commands/search.h"
#include "doctor/report.h"

namespace ci::commands {
namespace {

struct Options {
    bool as_json = false;
    wire::Micros silent = doctor::Limits{}.silent;
};

/// Empty: they are not understood.
std::optional<Options> options_of(std::span<const std::string> arguments) {
    constexpr std::string_view silent = "silent=";
    constexpr wire::Micros second = 1'000'000;
    constexpr std::uint32_t longest = 86'400;
    Options options;
    for (const std::string& word : arguments) {
        if (word == "json") {
            options.as_json = true;
        } else if (word.starts_with(silent)) {
            const auto seconds =
                whole_number<std::uint32_t>(std::string_view(word).substr(silent.size()));
            if (!seconds || *seconds == 0 || *seconds > longest) return std::nullopt;
            options.silent = *seconds * second;
        } else {
            return std::nullopt;
        }
    }
    return options;
}

Outcome not_understood() {
    return {Status::usage, "the arguments are json and silent=SECONDS, from 1 to 86400\n"};
}

Outcome report(const doctor::Facts& facts, bool as_json) {
    const auto diagnoses = doctor::diagnoses_of(facts);
    return {Status::ok, as_json ? doctor::report_json(facts, diagnoses)
                                : doctor::report_text(facts, diagnoses)};
}

}  // namespace

Outcome doctor(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const auto options = options_of(arguments);
    if (!options) return not_understood();
    const auto known = inspector.clocks().known();
    doctor::Facts facts;
    facts.parsers = inspector.parsers().snapshots();
    facts.known = *known;
    facts.now = time_of_command();
    facts.root = inspector.store().root().string();
    facts.store_trouble = inspector.store().trouble();
    facts.store_memory = inspector.settings().store.room.bytes;
    facts.host = doctor::look_at_host(inspector.store().root());
    for (const auto& parser : facts.parsers) {
        if (parser.senders_overflow == 0) continue;
        facts.host.not_seen.push_back(
            {"senders", std::to_string(parser.senders_overflow) + " messages at " + parser.id +
                            " are of further ones than the " +
                            std::to_string(parser.senders.size()) + " that it keeps apart"});
    }
    facts.limits = {options->silent, inspector.settings().rules.findings.clock_off};
    return report(facts, options->as_json);
}

Outcome doctor_of_machine(const std::string& why, const std::filesystem::path& root,
                          std::span<const std::string> arguments) {
    const auto options = options_of(arguments);
    if (!options) return not_understood();
    doctor::Facts facts;
    facts.no_inspector = why;
    facts.root = root.string();
    facts.store_memory = store::Room{}.bytes;
    facts.host = doctor::look_at_host(root);
    Outcome outcome = report(facts, options->as_json);
    make_visible(outcome);
    return outcome;
}

}  // namespace ci::commands
