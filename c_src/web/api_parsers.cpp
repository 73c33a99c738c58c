#include "web/api_parsers.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "commands/commands.h"
#include "inspector/config.h"
#include "web/answer.h"
#include "web/http/problem.h"

namespace ci::web {
namespace {

using json = nlohmann::ordered_json;

/// "started 'ID'\n"
std::string id_in(std::string_view text) {
    const std::size_t begin = text.find('\''), end = text.rfind('\'');
    return begin < end ? std::string(text.substr(begin + 1, end - begin - 1)) : std::string();
}

constexpr std::pair<std::string_view, sources::Switch> known_switches[] = {
    {"capture", sources::Switch::capture}, {"capture_bad_msgs", sources::Switch::capture_bad_msgs}};

Response stats_of(const House& house, const std::string& id) {
    return response_of(commands::run(house.inspector, std::vector<std::string>{"parser_stats", id}),
                       "application/json", 404);
}

}  // namespace

Plan parsers_list(const Asked& /*asked*/) {
    return command({"parser_stats"});
}

Plan parser_start(const Asked& asked) {
    auto words = inspector::read_parser_entry(asked.request.body);
    if (!words) return problem(422, words.error().why);
    return Task{"", false, [words = *std::move(words)](const House& house) {
                    commands::Outcome outcome = commands::run(house.inspector, words);
                    if (outcome.status != commands::Status::ok) {
                        return response_of(std::move(outcome), plain_text, 409);
                    }
                    const std::string id = id_in(outcome.text);
                    Response response = json_response(json{{"id", id}}.dump() + "\n");
                    response.status = 201;
                    response.fields.emplace_back("Location", "/api/parsers/" + escaped(id));
                    return response;
                }};
}

Plan parser_switch(const Asked& asked) {
    const json wanted = json::parse(asked.request.body, nullptr, false);
    if (!wanted.is_object() || wanted.empty()) return problem(422, "not an object with a switch");
    std::vector<std::pair<sources::Switch, bool>> turns;
    for (const auto& [name, value] : wanted.items()) {
        const auto* const known =
            std::find_if(std::begin(known_switches), std::end(known_switches),
                         [&name = name](const auto& one) { return one.first == name; });
        if (known == std::end(known_switches)) {
            return problem(422, "'" + name + "' is neither capture nor capture_bad_msgs");
        }
        if (!value.is_boolean()) return problem(422, name + ": neither true nor false");
        turns.emplace_back(known->second, value.get<bool>());
    }
    return Task{"", false, [turns = std::move(turns), id = asked.parts[0]](const House& house) {
                    for (const auto& [which, is_on] : turns) {
                        house.inspector.parsers().set(which, is_on, id);
                    }
                    return stats_of(house, id);
                }};
}

Plan parser_stop(const Asked& asked) {
    return Task{"", false, [id = asked.parts[0]](const House& house) {
                    const std::vector<std::string> words{"stop_active_parser", id};
                    commands::Outcome outcome = commands::run(house.inspector, words);
                    if (outcome.status != commands::Status::ok) {
                        return response_of(std::move(outcome), plain_text, 404);
                    }
                    return json_response(json{{"stopped", chunk::to_utf8(id)}}.dump() + "\n");
                }};
}

}  // namespace ci::web
