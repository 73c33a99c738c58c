#include "commands/traps.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "commands/numbers.h"
#include "commands/plain_outcomes.h"
#include "commands/search.h"

namespace ci::commands {
namespace {

using json = nlohmann::ordered_json;
using inspector::Trap;

constexpr std::size_t most_caught = 1'000;
constexpr std::int64_t second = 1'000'000, day = 86'400;  ///< microseconds, seconds
constexpr std::int64_t longest = 30 * day;

std::string line_of_trap(const Trap& trap) {
    json object = {{"id", trap.id},         {"expression", trap.expression},
                   {"count", trap.count},   {"until", wire::to_gregorian(trap.until)},
                   {"caught", trap.caught}, {"call-ids", trap.call_ids}};
    if (trap.left_out > 0) object["left_out"] = trap.left_out;
    if (!trap.trouble.empty()) object["trouble"] = trap.trouble;
    return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

Outcome trap(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    if (inspector.index() == nullptr) return index_is_off();
    auto expression = expression_of(inspector, arguments[0]);
    if (!expression) return expression.error();
    const auto count = whole_number<std::size_t>(arguments[1]);
    if (!count || *count == 0 || *count > most_caught) {
        return {Status::usage, "COUNT is a number from 1 to " + std::to_string(most_caught) +
                                   "; an expression of several words is one argument, in quotes\n"};
    }
    const auto seconds =
        arguments.size() > 2 ? whole_number<std::int64_t>(arguments[2]) : std::optional(day);
    if (!seconds || *seconds <= 0 || *seconds > longest) {
        return {Status::usage, "SECONDS is a number from 1 to " + std::to_string(longest) + "\n"};
    }
    Trap wanted;
    wanted.count = *count;
    wanted.until = time_of_command() + *seconds * second;
    const std::string why_not = inspector.traps().set(*std::move(expression), wanted);
    if (!why_not.empty()) return failed(why_not);
    return {Status::ok, line_of_trap(wanted)};
}

Outcome traps(inspector::Inspector& inspector, std::span<const std::string> /*none*/) {
    Outcome outcome;
    for (const Trap& one : inspector.traps().all()) outcome.text += line_of_trap(one);
    return outcome;
}

Outcome untrap(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const auto id = whole_number<std::uint64_t>(arguments[0]);
    if (!id) return {Status::usage, "ID is the number of a trap, as traps shows it\n"};
    const std::string why_not = inspector.traps().end(*id);
    return why_not.empty() ? ok() : failed(why_not);
}

}  // namespace ci::commands
