#include "web/api_session.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "commands/workers.h"
#include "web/answer.h"
#include "web/http/problem.h"

namespace ci::web {
namespace {

using json = nlohmann::ordered_json;

json rights_of(const Who& who) {
    json array = json::array();
    for (const auto& [name, right] : right_names) {
        if (who.has(right)) array.push_back(name);
    }
    return array;
}

Response told(const Who& who) {
    json object = {{"login", who.token != nullptr}};
    if (who.token) object["name"] = who.token->name;
    object["rights"] = rights_of(who);
    object["all"] = who.has(Right::look_all);
    if (who.token && who.token->expires != 0) object["expires_unix"] = who.token->expires;
    return json_response(object.dump() + "\n");
}

Response logged_in(Door& door, wire::expected<Who, Response> who) {
    if (!who) return std::move(who.error());
    Response response = told(*who);
    response.fields.emplace_back("Set-Cookie", door.begin_session(*who));
    return response;
}

}  // namespace

Plan session_begin(const Asked& asked) {
    const json given = json::parse(asked.request.body, nullptr, false);
    const auto text = [&](const char* member) {
        return given.is_object() && given.contains(member) && given[member].is_string()
                   ? given[member].get<std::string>()
                   : std::string();
    };
    const std::string name = text("name"), password = text("password"), token = text("token");
    if (!token.empty()) {
        return logged_in(asked.door, asked.door.log_in("", token, asked.request.from.address));
    }
    if (name.empty() || password.empty()) {
        return problem(422, "not an object with a token, or with a name and a password");
    }
    // One after the other: each takes memory and time.
    return Task{commands::subject_of_command("web login"), false,
                [name, password, from = asked.request.from.address](const House& house) {
                    return logged_in(house.door, house.door.log_in(name, password, from));
                }};
}

Plan session_end(const Asked& asked) {
    Response response = json_response("{}\n");
    if (!asked.who.session.empty()) {
        response.fields.emplace_back("Set-Cookie", asked.door.end_session(asked.who));
    }
    return response;
}

Plan session_told(const Asked& asked) {
    return told(asked.who);
}

}  // namespace ci::web
