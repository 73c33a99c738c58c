#include "web/api_crossbar.h"

#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "commands/call_pages.h"
#include "commands/commands.h"
#include "commands/numbers.h"
#include "web/answer.h"
#include "web/http/problem.h"
#include "wire/visible.h"

namespace ci::web {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t usual_page = 50;

/// Each request has a number of its own in Crossbar's answers.
std::string request_id() {
    thread_local std::random_device random;
    constexpr char digits[] = "0123456789abcdef";
    std::string id;
    for (int i = 0; i < 32; ++i) id += digits[random() % 16];
    return id;
}

std::string in_envelope(std::string_view data, const json& more) {
    json envelope = more;
    envelope["request_id"] = request_id();
    envelope["status"] = "success";
    std::string rest = envelope.dump(-1, ' ', false, json::error_handler_t::replace);
    return "{\"data\":" + std::string(data) + "," + rest.substr(1) + "\n";
}

Response crossbar_error(unsigned status, const std::string& message) {
    const json envelope = {{"data", {{"message", message}}},
                           {"error", std::to_string(status)},
                           {"message", message},
                           {"request_id", request_id()},
                           {"status", "error"}};
    Response response =
        json_response(envelope.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
    response.status = status;
    return response;
}

/// What a normalised CDR of Kazoo tells and a row of ours knows.
json cdr_of(const json& row) {
    const auto text = [&](const char* name) { return row.value(name, std::string()); };
    const auto seconds = [&](const char* name) {
        return row.contains(name) ? row[name].get<std::int64_t>() / 1'000 : 0;
    };
    json cdr = {{"id", row["call-id"]},
                {"call_id", row["call-id"]},
                {"caller_id_name", text("from_name")},
                {"caller_id_number", text("from_user")},
                {"callee_id_name", text("to_name")},
                {"callee_id_number", text("to_user")},
                {"from", text("from_user") + "@" + text("from_host")},
                {"to", text("to_user") + "@" + text("to_host")},
                {"calling_from", text("from_user")},
                {"dialed_number", text("ruri_user")},
                {"direction", "inbound"},
                {"timestamp", std::stoll(text("start"))},
                {"billing_seconds", seconds("duration_ms")},
                {"duration_seconds", seconds("duration_ms")},
                {"hangup_cause", text("outcome")}};
    return cdr;
}

Response list_response(const commands::Page& page, const std::string& start_key) {
    json data = json::array();
    for (const std::string& row : page.rows) data.push_back(cdr_of(json::parse(row)));
    json more = {{"page_size", page.rows.size()}};
    if (!start_key.empty()) more["start_key"] = start_key;
    if (page.next) more["next_start_key"] = commands::cursor_of(*page.next);
    return json_response(
        in_envelope(data.dump(-1, ' ', false, json::error_handler_t::replace), more));
}

/// Kazoo's members alone.
Response call_response(const std::string& call_id, const std::string& details) {
    std::string data = "{\"call-id\":";
    chunk::append_json_string(call_id, data);
    for (const std::string_view name : {"messages", "dialog_entities", "analysis"}) {
        const auto member = chunk::find_member(details, name);
        data.append(",\"").append(name).append("\":").append(member.value_or("[]"));
    }
    return json_response(in_envelope(data + "}", json::object()));
}

}  // namespace

Plan crossbar_list(const Asked& asked) {
    if (asked.inspector.index() == nullptr) return crossbar_error(503, "datastore_fault");
    commands::PageWanted wanted;
    wanted.most = usual_page;
    if (asked.has("page_size")) {
        const auto size = commands::whole_number<std::size_t>(asked.parameter("page_size"));
        if (!size || *size == 0 || *size > commands::most_of_page) {
            return crossbar_error(400, "page_size is a number from 1 to 1000");
        }
        wanted.most = *size;
    }
    const std::string start_key(asked.parameter("start_key"));
    if (!start_key.empty()) {
        wanted.behind = commands::page_place_of(start_key);
        if (!wanted.behind) return crossbar_error(400, "start_key is what next_start_key was");
    }
    return Task{commands::subject_of_command("search"), true,
                [wanted = std::move(wanted), start_key](const House& house) {
                    return list_response(commands::page_of_dialogues(house.inspector, wanted),
                                         start_key);
                }};
}

Plan crossbar_call(const Asked& asked) {
    const std::string& call_id = asked.parts[1];
    return Task{commands::subject_of_call(call_id), true, [call_id](const House& house) {
                    const std::vector<std::string> words{"inspect_call_id", call_id};
                    const commands::Outcome outcome = commands::run(house.inspector, words);
                    if (outcome.status != commands::Status::ok) {
                        return crossbar_error(500, "datastore_fault");
                    }
                    const auto messages = chunk::find_member(outcome.text, "messages");
                    if (!messages || *messages == "[]") {
                        return crossbar_error(404, "bad_identifier");
                    }
                    return call_response(call_id, outcome.text);
                }};
}

}  // namespace ci::web
