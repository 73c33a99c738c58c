#include "web/api_lists.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "calls/expression_fields.h"
#include "calls/findings/finding.h"
#include "calls/outcome.h"
#include "calls/row.h"
#include "commands/call_pages.h"
#include "commands/commands.h"
#include "commands/follow.h"
#include "commands/numbers.h"
#include "commands/workers.h"
#include "web/access/access_log.h"
#include "web/answer.h"
#include "web/http/problem.h"

namespace ci::web {
namespace {

using json = nlohmann::ordered_json;
using commands::Page;
using commands::PageWanted;

wire::expected<PageWanted, Response> page_wanted(const Asked& asked) {
    if (asked.inspector.index() == nullptr) return index_is_off_problem();
    PageWanted wanted;
    auto read = read_expression(asked, asked.parameter("q"));
    if (!read) return problem_at(read.error().column, read.error().text);
    wanted.expression = *std::move(read);
    wanted.sight = asked.who.sight();
    if (asked.has("limit")) {
        const auto limit = commands::whole_number<std::size_t>(asked.parameter("limit"));
        if (!limit || *limit == 0 || *limit > commands::most_of_page) {
            return problem(400, "limit is a number from 1 to 1000");
        }
        wanted.most = *limit;
    }
    if (asked.has("cursor")) {
        wanted.behind = commands::page_place_of(asked.parameter("cursor"));
        if (!wanted.behind) return problem(400, "cursor is what an answer gave as next");
    }
    if (asked.has("findings")) {
        const std::string_view word = asked.parameter("findings");
        if (word != "yes" && word != "no") return problem(400, "findings is yes or no");
        wanted.findings = word == "yes";
    }
    return wanted;
}

Response page_response(const Page& page, std::string_view member) {
    std::string body = "{\"" + std::string(member) + "\":[";
    for (std::size_t i = 0; i < page.rows.size(); ++i) {
        if (i > 0) body += ',';
        body += page.rows[i];
    }
    body += ']';
    if (page.next) body += ",\"next\":\"" + commands::cursor_of(*page.next) + "\"";
    if (!page.incomplete.empty()) {
        body += ",\"incomplete\":";
        chunk::append_json_string(page.incomplete, body);
    }
    return json_response(body + "}\n");
}

/// In turn with the command `search`, as it is as long.
Plan list(const Asked& asked, std::string_view member,
          Page (*page_of)(inspector::Inspector&, const PageWanted&)) {
    auto wanted = page_wanted(asked);
    if (!wanted) return std::move(wanted.error());
    return Task{commands::subject_of_command("search"), true,
                [wanted = *std::move(wanted), member, page_of](const House& house) {
                    return page_response(page_of(house.inspector, wanted), member);
                }};
}

template <std::size_t n>
json names_of(const std::string_view (&names)[n]) {
    json array = json::array();
    for (const std::string_view name : names) array.push_back(name);
    return array;
}

/// What may stand behind the field, where there are only some words.
json values_of(calls::Field field, const Asked& asked) {
    json array = json::array();
    if (field == calls::Field::outcome) return names_of(calls::outcome_names);
    if (field == calls::Field::kind) return names_of(calls::kind_names);
    if (field == calls::Field::finding) {
        for (const auto& kind : calls::finding_kinds()) array.push_back(kind.name);
    }
    if (field == calls::Field::host) {
        for (const auto& host : known_hosts(asked)) array.push_back(host.name);
    }
    return array;
}

json operators_of(const calls::FieldRule& rule) {
    json array = json::array();
    for (const char letter : rule.operators) {
        array.push_back(calls::operator_texts[calls::operator_letters.find(letter)]);
    }
    return array;
}

json web_counters(const House& house) {
    const Counters& counters = house.counters;
    return {{"connections_open", counters.open.load()},
            {"connections_accepted", counters.accepted.load()},
            {"connections_turned_away", counters.turned_away.load()},
            {"handshakes_failed", counters.handshakes_failed.load()},
            {"malformed", counters.malformed.load()},
            {"slow", counters.slow.load()},
            {"answered_2xx", counters.by_class[2].load()},
            {"answered_3xx", counters.by_class[3].load()},
            {"answered_4xx", counters.by_class[4].load()},
            {"answered_5xx", counters.by_class[5].load()},
            {"streams", counters.streams.load()},
            {"streams_dropped", counters.streams_dropped.load()},
            {"logins_refused", house.door.refused()},
            {"logins_held_off", house.door.held_off()},
            {"access_log_lost", house.access_log == nullptr ? 0 : house.access_log->lost()}};
}

}  // namespace

Plan calls_list(const Asked& asked) {
    return list(asked, "calls", commands::page_of_calls);
}

Plan dialogues_list(const Asked& asked) {
    return list(asked, "rows", commands::page_of_dialogues);
}

Plan follow_events(const Asked& asked) {
    if (asked.inspector.index() == nullptr) return index_is_off_problem();
    const std::string text(asked.parameter("q"));
    auto expression = read_expression(asked, text);
    if (!expression) return problem_at(expression.error().column, expression.error().text);
    Following following{*std::move(expression), text, {}, asked.who};
    if (const std::string& last = asked.request.last_event_id; !last.empty()) {
        following.since = commands::whole_number<std::uint64_t>(last);
    }
    return following;
}

Plan stats(const Asked& /*asked*/) {
    return Task{"", false, [](const House& house) {
                    const std::vector<std::string> words{"store_stats"};
                    json object = json::parse(commands::run(house.inspector, words).text);
                    object["web"] = web_counters(house);
                    return json_response(object.dump() + "\n");
                }};
}

Plan clocks(const Asked& /*asked*/) {
    return command({"clocks"});
}

Plan fields(const Asked& asked) {
    json array = json::array();
    for (const calls::FieldRule& rule : calls::field_rules()) {
        json object = {{"name", rule.name},
                       {"operators", operators_of(rule)},
                       {"example", rule.example},
                       {"help", rule.help}};
        json values = values_of(rule.field, asked);
        if (!values.empty()) object["values"] = std::move(values);
        array.push_back(std::move(object));
    }
    return json_response(json{{"fields", std::move(array)}}.dump() + "\n");
}

Plan expression(const Asked& asked) {
    const auto read = read_expression(asked, asked.parameter("q"));
    if (read) return json_response("{\"right\":true}\n");
    std::string body = "{\"right\":false,\"column\":" + std::to_string(read.error().column);
    body += ",\"mistake\":";
    chunk::append_json_string(read.error().text, body);
    return json_response(body + "}\n");
}

}  // namespace ci::web
