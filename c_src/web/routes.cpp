#include "web/routes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "web/api_calls.h"
#include "web/api_crossbar.h"
#include "web/api_lists.h"
#include "web/api_parsers.h"
#include "web/api_session.h"
#include "web/http/guard.h"
#include "web/http/problem.h"
#include "web/metrics.h"
#include "web/pages.h"

namespace ci::web {
namespace {

constexpr std::string_view of_list = " q limit cursor findings ";
constexpr std::string_view of_picture = " open sdp legs hosts ";
constexpr std::string_view of_ladder = " width ascii open sdp legs hosts ";

constexpr Route all_routes[] = {
    {Method::get, "/api/calls", of_list, Right::look, calls_list},
    {Method::get, "/api/search", of_list, Right::look, dialogues_list},
    {Method::get, "/api/calls/{id}", "", Right::look, call_details},
    {Method::get, "/api/calls/{id}/legs", "", Right::look, call_legs},
    {Method::get, "/api/calls/{id}/messages", "", Right::look, call_messages},
    {Method::get, "/api/calls/{id}/story", "", Right::look, call_story},
    {Method::get, "/api/calls/{id}/ladder.txt", of_ladder, Right::look, call_ladder_text},
    {Method::get, "/api/calls/{id}/ladder.svg", of_picture, Right::look, call_ladder_svg},
    {Method::get, "/api/calls/{id}/ladder.mmd", of_picture, Right::look, call_ladder_mermaid},
    {Method::get, "/api/calls/{id}/pcap", "", Right::look, call_pcap},
    {Method::get, "/api/calls/{id}/pcapng", "", Right::look, call_pcapng},
    {Method::get, "/api/parsers", "", Right::watch, parsers_list},
    {Method::post, "/api/parsers", "", Right::manage, parser_start},
    {Method::patch, "/api/parsers/{id}", "", Right::manage, parser_switch},
    {Method::remove, "/api/parsers/{id}", "", Right::manage, parser_stop},
    {Method::get, "/api/events", " q ", Right::look, follow_events},
    {Method::get, "/api/stats", "", Right::watch, stats},
    {Method::get, "/api/clocks", "", Right::watch, clocks},
    {Method::post, "/api/session", "", Right::to_log_in, session_begin},
    {Method::get, "/api/session", "", Right::none, session_told},
    {Method::remove, "/api/session", "", Right::none, session_end},
    {Method::get, "/api/fields", "", Right::none, fields},
    {Method::get, "/api/expression", " q ", Right::none, expression},
    {Method::get, "/metrics", "", Right::watch, metrics},
    {Method::get, "/v2/accounts/{account}/call_inspector", " page_size start_key ", Right::look_all,
     crossbar_list},
    {Method::get, "/v2/accounts/{account}/call_inspector/{id}", "", Right::look_all, crossbar_call},
};

/// What stands for the names in braces; empty: another path.
std::optional<std::vector<std::string>> match(std::string_view pattern,
                                              const std::vector<std::string>& path) {
    std::vector<std::string> parts;
    std::size_t n = 0;
    pattern.remove_prefix(1);
    while (true) {
        const std::size_t end = std::min(pattern.find('/'), pattern.size());
        const std::string_view segment = pattern.substr(0, end);
        if (n == path.size()) return std::nullopt;
        if (segment.starts_with('{')) {
            if (path[n].empty()) return std::nullopt;
            parts.push_back(path[n]);
        } else if (segment != path[n]) {
            return std::nullopt;
        }
        ++n;
        if (end == pattern.size()) break;
        pattern.remove_prefix(end + 1);
    }
    if (n != path.size()) return std::nullopt;
    return parts;
}

/// The first parameter that the route does not take.
std::optional<std::string> unknown_parameter(const Route& route, const Target& target) {
    for (const auto& [name, value] : target.query) {
        const bool is_known = !name.empty() && name.find(' ') == std::string::npos &&
                              route.parameters.find(" " + name + " ") != std::string_view::npos;
        if (!is_known) return name;
    }
    return std::nullopt;
}

Method asked_method(const Request& request) noexcept {
    return request.method == Method::head ? Method::get : request.method;
}

Response not_allowed(const std::string& allowed) {
    Response response = problem(405, "here are only " + allowed);
    response.fields.emplace_back("Allow", allowed);
    return response;
}

std::string_view right_text(Right right) noexcept {
    if (right == Right::look_all) return "look at all calls";
    for (const auto& [name, one] : right_names) {
        if (one == right) return name;
    }
    return "do that";
}

/// Whoever is not let in is told nothing else; of those who are, the route's right decides.
wire::expected<Who, Response> let_in(const Request& request, const Route& route, Door& door,
                                     Visit& visit) {
    auto who = door.admit(request);
    if (!who) return who;
    visit.who = who->name();
    if (who->has(route.right)) return who;
    const std::string_view right = right_text(route.right);
    return problem(403, "your token has no right to " + std::string(right));
}

/// Empty: no route has that path.
std::optional<Plan> plan_of_api(const Request& request, inspector::Inspector& inspector, Door& door,
                                Visit& visit) {
    std::string allowed;
    for (const Route& route : all_routes) {
        auto parts = match(route.path, request.target.path);
        if (!parts) continue;
        if (route.method != asked_method(request)) {
            if (!allowed.empty()) allowed += ", ";
            allowed += method_names[static_cast<std::size_t>(route.method)];
            if (route.method == Method::get) allowed += ", HEAD";
            continue;
        }
        visit.route = route.path;
        if (route.path.ends_with("/{id}") || route.path.find("/{id}/") != std::string_view::npos) {
            visit.call = parts->back();
        }
        visit.query = request.target.parameter("q");
        Who who;
        if (route.right != Right::to_log_in) {
            auto let = let_in(request, route, door, visit);
            if (!let) return std::move(let.error());
            who = *std::move(let);
        }
        if (const auto name = unknown_parameter(route, request.target)) {
            return problem(400, "there is no parameter '" + *name + "'");
        }
        return route.plan({request, *std::move(parts), inspector, door, std::move(who)});
    }
    if (allowed.empty()) return std::nullopt;
    return not_allowed(allowed);
}

}  // namespace

std::span<const Route> routes() noexcept {
    return all_routes;
}

Plan plan(const Request& request, const Pages& pages, std::span<const std::string> names,
          inspector::Inspector& inspector, Door& door, Visit& visit) {
    if (auto refused = refusal(request, names)) return *std::move(refused);
    if (auto planned = plan_of_api(request, inspector, door, visit)) return *std::move(planned);
    if (asked_method(request) != Method::get) return not_allowed("GET, HEAD");
    return pages.answer(request);
}

}  // namespace ci::web
