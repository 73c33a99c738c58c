#include "commands/whole_call.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "calls/findings/analysis_json.h"
#include "calls/hosts.h"
#include "calls/row.h"
#include "commands/answers.h"
#include "commands/flow_json.h"
#include "commands/ladder_options.h"
#include "commands/read_call.h"
#include "commands/search.h"
#include "ladder/columns.h"
#include "ladder/text.h"
#include "order/events_json.h"
#include "order/order.h"
#include "store/disk/line_format.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

using calls::letter;
using json = nlohmann::ordered_json;

/// Numbers of messages in the store, and where these stand in the answer.
using Places = std::map<std::pair<std::string, std::uint64_t>, std::size_t>;

Places places_of(const WholeCall& call) {
    Places places;
    for (std::size_t e = 0; e < call.flow.events.size(); ++e) {
        for (const std::size_t seen : call.flow.events[e].seen) {
            const chunk::Chunk& chunk = call.chunks[seen];
            const auto seq = store::seq_of(chunk.json);
            const std::size_t part = call.keepers ? call.keepers->part_of[seen] : 0;
            if (seq) places[{chunk.call_id, place_in_part(part, *seq)}] = e;
        }
    }
    return places;
}

json to_json(const calls::Proof& proof, const Places* places) {
    json object = {{"evidence", calls::evidence_names[static_cast<std::size_t>(proof.evidence)]},
                   {"sure", calls::is_sure(proof.evidence)},
                   {"with", proof.with},
                   {"fact", proof.fact},
                   {"shown_by", proof.shown_by}};
    if (places != nullptr) {
        const auto found = places->find({proof.shown_by, proof.place});
        if (found != places->end()) object["message"] = found->second;
    }
    if (!calls::is_sure(proof.evidence)) object["confidence"] = proof.confidence;
    return object;
}

json legs_of(const WholeCall& call, const Places* places) {
    std::vector<calls::Row> rows;
    rows.reserve(call.legs.size());
    for (const calls::Leg& leg : call.legs) rows.emplace_back(leg.call_id);
    for (std::size_t i = 0; i < call.chunks.size(); ++i) rows[call.leg_of[i]].take(call.chunks[i]);
    json array = json::array();
    for (std::size_t i = 0; i < call.legs.size(); ++i) {
        json object = {{"leg", letter(i)}};
        if (rows[i] != calls::Row(call.legs[i].call_id)) {
            object.update(json::parse(row_json(rows[i]), nullptr, false));
        } else {
            // Of a leg without messages nothing is known except what joins it.
            object["call-id"] = chunk::to_utf8(call.legs[i].call_id);
        }
        if (call.keepers) {
            const auto kept = call.keepers->of_leg.find(call.legs[i].call_id);
            object["inspectors"] =
                kept == call.keepers->of_leg.end() ? json::array() : json(kept->second);
        }
        object["joined_by"] = json::array();
        for (const auto& proof : call.legs[i].joined_by) {
            object["joined_by"].push_back(to_json(proof, places));
        }
        array.push_back(std::move(object));
    }
    return array;
}

std::string text_of(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Each message with its leg's letter as its first member.
std::string messages_of(const WholeCall& call) {
    std::vector<chunk::Chunk> shown(call.chunks.size());
    for (const order::Event& event : call.flow.events) {
        const std::string& object = call.chunks[event.chunk].json;
        shown[event.chunk].json = "{\"leg\":\"" + letter(call.leg_of[event.chunk]) + "\"," +
                                  object.substr(object.find('{') + 1);
    }
    return order::events_json(shown, call.flow);
}

std::string name_of(std::string_view text, const calls::Rules& rules) {
    const auto endpoint = wire::parse_endpoint(text);
    return endpoint ? std::string(calls::name_of(*endpoint, rules.hosts)) : std::string();
}

/// Hosts by their names, others by their addresses.
json entities_of(const WholeCall& call, const calls::Rules& rules) {
    json array = json::array();
    for (const std::string& endpoint : order::entities(call.chunks, call.flow)) {
        const std::string name = name_of(endpoint, rules);
        const std::string& shown = name.empty() ? endpoint : name;
        if (std::find(array.begin(), array.end(), json(shown)) == array.end()) {
            array.push_back(shown);
        }
    }
    return array;
}

/// The hosts as a ladder has them, which no reader has to work out again.
json columns_of(const WholeCall& call, const calls::Rules& rules) {
    ladder::View view;
    view.host = [&](std::string_view endpoint) { return name_of(endpoint, rules); };
    const ladder::Columns columns(call.chunks, call.flow, view);
    json array = json::array();
    for (const auto& column : columns.all()) {
        array.push_back({{"name", column.set}, {"endpoints", column.endpoints}});
    }
    return array;
}

Outcome unreadable(const WholeCall& call) {
    return {Status::failed, wire::visible_line("cannot read: " + call.error) + "\n"};
}

std::string head_of(const std::string& call_id, const WholeCall& call) {
    std::string out = "{\"call-id\":";
    chunk::append_json_string(call_id, out);
    if (call.incomplete.empty()) return out;
    out += ",\"incomplete\":";
    chunk::append_json_string(call.incomplete, out);
    if (call.keepers) out += ",\"missing\":" + text_of(call.keepers->missing);
    return out;
}

/// Adds what the inspector knows to a view. What is wrong with the view, as a line; empty: nothing.
std::string complete_view(inspector::Inspector& inspector, const WholeCall& call,
                          ladder::View& view) {
    const calls::Rules& rules = inspector.settings().rules;
    view.host = [&rules](std::string_view endpoint) { return name_of(endpoint, rules); };
    if (call.legs.size() > 1) {
        for (const std::size_t leg : call.leg_of) view.legs.push_back(letter(leg));
    }
    if (const std::string why = ladder::complaint(call.chunks, call.flow, view); !why.empty()) {
        return wire::visible_line(why) + '\n';
    }
    const auto course = calls::course_of(call.chunks, call.flow, call.leg_of, rules);
    for (calls::Finding& finding : calls::analysis_of(course, limits_now(rules), rules).findings) {
        view.remarks.push_back(
            {std::string(calls::severity_names[static_cast<std::size_t>(finding.severity)]),
             std::move(finding.text), std::string(calls::check_of(finding.code)),
             std::move(finding.messages)});
    }
    return {};
}

/// A line of a ladder, or nothing.
std::string told_incomplete(const WholeCall& call) {
    return call.incomplete.empty() ? ""
                                   : "incomplete: " + wire::visible_line(call.incomplete) + '\n';
}

}  // namespace

Outcome show_legs(inspector::Inspector& /*inspector*/, const std::string& call_id,
                  const WholeCall& call) {
    if (!call.error.empty()) return unreadable(call);
    const json legs = call.chunks.empty() ? json::array() : legs_of(call, nullptr);
    return {Status::ok, head_of(call_id, call) + ",\"legs\":" + text_of(legs) + "}\n"};
}

Outcome show_details(inspector::Inspector& inspector, const std::string& call_id,
                     const WholeCall& call) {
    if (!call.error.empty()) return unreadable(call);
    const Places places = places_of(call);
    const json legs = call.chunks.empty() ? json::array() : legs_of(call, &places);
    std::string out = head_of(call_id, call);
    out += ",\"legs\":" + text_of(legs);
    out += ",\"messages\":" + messages_of(call);
    out += ",\"dialog_entities\":" + text_of(entities_of(call, inspector.settings().rules));
    out += ",\"columns\":" + text_of(columns_of(call, inspector.settings().rules));
    out += ",\"analysis\":";
    out += calls::analysis_text(call.chunks, call.flow, call.leg_of, inspector.settings().rules,
                                limits_now(inspector.settings().rules));
    out += ",\"events\":" + events_text(call.chunks, call.flow);
    out += ",\"clocks\":" + clocks_text(call.flow);
    out += ",\"gaps\":" + gaps_text(call.flow);
    out += ",\"contradictions\":" + contradictions_text(call.flow) + "}\n";
    return {Status::ok, std::move(out)};
}

Outcome show_picture(inspector::Inspector& inspector, const WholeCall& call, ladder::View view,
                     Draw draw) {
    if (!call.error.empty()) return unreadable(call);
    const std::string why = complete_view(inspector, call, view);
    if (!why.empty()) return {Status::failed, why};
    return {Status::ok, draw(call.chunks, call.flow, view)};
}

Outcome show_ladder(inspector::Inspector& inspector, const std::string& call_id,
                    const WholeCall& call, ladder::View view) {
    if (!call.error.empty()) return unreadable(call);
    if (call.chunks.empty()) {
        std::string none =
            "no messages are stored for " + wire::visible_line(chunk::to_utf8(call_id)) + "\n";
        if (call.keepers) none += told_incomplete(call);
        return {Status::ok, std::move(none)};
    }
    if (std::string why = complete_view(inspector, call, view); !why.empty()) {
        return {Status::failed, std::move(why)};
    }
    std::string text = ladder::text(call.chunks, call.flow, view);
    if (call.legs.size() > 1) {
        text += '\n';
        const auto& only = view.only_legs;
        for (std::size_t i = 0; i < call.legs.size(); ++i) {
            const bool is_shown =
                only.empty() || std::find(only.begin(), only.end(), letter(i)) != only.end();
            if (!is_shown) continue;
            text += letter(i) + "  " + wire::visible_line(call.legs[i].call_id) + '\n';
        }
    }
    if (call.legs.size() > 1 || call.keepers) text += told_incomplete(call);
    return {Status::ok, std::move(text), view.colour};
}

Outcome call_legs(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    return show_legs(inspector, arguments[0], read_whole_call(inspector, arguments[0]));
}

Outcome call_details(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    return show_details(inspector, arguments[0], read_whole_call(inspector, arguments[0]));
}

Outcome ladder(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    auto view = read_view(arguments.subspan(1));
    if (!view) return {Status::failed, view.error() + '\n'};
    return show_ladder(inspector, arguments[0], read_whole_call(inspector, arguments[0]),
                       *std::move(view));
}

}  // namespace ci::commands
