#include "web/routes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "web/api_calls.h"
#include "web/api_crossbar.h"
#include "web/api_lists.h"
#include "web/api_parsers.h"
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
    {Method::get, "/api/calls", of_list, calls_list},
    {Method::get, "/api/search", of_list, dialogues_list},
    {Method::get, "/api/calls/{id}", "", call_details},
    {Method::get, "/api/calls/{id}/legs", "", call_legs},
    {Method::get, "/api/calls/{id}/messages", "", call_messages},
    {Method::get, "/api/calls/{id}/story", "", call_story},
    {Method::get, "/api/calls/{id}/ladder.txt", of_ladder, call_ladder_text},
    {Method::get, "/api/calls/{id}/ladder.svg", of_picture, call_ladder_svg},
    {Method::get, "/api/calls/{id}/ladder.mmd", of_picture, call_ladder_mermaid},
    {Method::get, "/api/calls/{id}/pcap", "", call_pcap},
    {Method::get, "/api/calls/{id}/pcapng", "", call_pcapng},
    {Method::get, "/api/parsers", "", parsers_list},
    {Method::post, "/api/parsers", "", parser_start},
    {Method::patch, "/api/parsers/{id}", "", parser_switch},
    {Method::remove, "/api/parsers/{id}", "", parser_stop},
    {Method::get, "/api/events", " q ", follow_events},
    {Method::get, "/api/stats", "", stats},
    {Method::get, "/api/clocks", "", clocks},
    {Method::get, "/api/fields", "", fields},
    {Method::get, "/api/expression", " q ", expression},
    {Method::get, "/metrics", "", metrics},
    {Method::get, "/v2/accounts/{account}/call_inspector", " page_size start_key ", crossbar_list},
    {Method::get, "/v2/accounts/{account}/call_inspector/{id}", "", crossbar_call},
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

/// Empty: no route has that path.
std::optional<Plan> plan_of_api(const Request& request, inspector::Inspector& inspector) {
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
        if (const auto name = unknown_parameter(route, request.target)) {
            return problem(400, "there is no parameter '" + *name + "'");
        }
        return route.plan({request, *std::move(parts), inspector});
    }
    if (allowed.empty()) return std::nullopt;
    return not_allowed(allowed);
}

}  // namespace

std::span<const Route> routes() noexcept {
    return all_routes;
}

Plan plan(const Request& request, const Pages& pages, std::span<const std::string> names,
          inspector::Inspector& inspector) {
    if (auto refused = refusal(request, names)) return *std::move(refused);
    if (auto planned = plan_of_api(request, inspector)) return *std::move(planned);
    if (asked_method(request) != Method::get) return not_allowed("GET, HEAD");
    return pages.answer(request);
}

}  // namespace ci::web
