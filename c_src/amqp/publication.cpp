#include "amqp/publication.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "calls/findings/analysis_json.h"
#include "order/clocks/clock_json.h"
#include "order/events_json.h"
#include "order/order.h"
#include "wire/endpoint.h"

namespace ci::amqp {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view app_name = "call_inspector";
constexpr std::string_view app_version = "4.0.0";  // as in Kazoo's own inspector

std::string text(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

void add(ordered_json& object, const char* name, std::string_view value) {
    if (!value.empty()) object[name] = value;
}

void add_headers(ordered_json& object, const Headers& headers) {
    add(object, "Node", headers.node);
    add(object, "Msg-ID", headers.msg_id);
    add(object, "Event-Name", headers.event_name);
    object["Event-Category"] = app_name;
    object["App-Version"] = app_version;
    object["App-Name"] = app_name;
}

/// An object of `members` (JSON text with a comma behind each) and the members of `object`.
std::string with(std::string members, const ordered_json& object) {
    const std::string rest = text(object);
    members.insert(0, 1, '{');
    members.append(rest, 1);
    return members;
}

std::string chunks_of(const Part& part) {
    std::string out = "\"Chunks\":[";
    for (const chunk::Chunk& chunk : part) {
        out += chunk.json;
        out += ',';
    }
    if (!part.empty()) out.pop_back();
    return out += "],";
}

using Priors = std::span<const order::ClockPrior>;

const order::ClockPrior* find(Priors priors, const std::string& observer) {
    const auto before = [](const auto& prior, const auto& name) { return prior.observer < name; };
    const auto at = std::lower_bound(priors.begin(), priors.end(), observer, before);
    return at != priors.end() && at->observer == observer ? &*at : nullptr;
}

/// The member "Clocks" with the priors of the part's observers.
std::string clocks_of(const Part& part, Priors priors) {
    std::set<std::string_view> told;
    std::string out;
    for (const chunk::Chunk& chunk : part) {
        if (!told.insert(chunk.observer).second) continue;
        const auto* prior = find(priors, chunk.observer);
        if (prior == nullptr) continue;
        out += out.empty() ? "\"Clocks\":[" : ",";
        out += order::clock_json(*prior);
    }
    return out.empty() ? out : out += "],";
}

std::string part_members(const Part& part, Priors priors) {
    return chunks_of(part) + clocks_of(part, priors);
}

/// Crossbar passes the chunks on but not `Missing`. So an event at the end of the call tells its
/// users. The event's ends must occur in the call, so that the call can be drawn.
void append_missing(const Answer& answer, const std::string& call_id,
                    const std::vector<std::string>& entities, std::string& chunks) {
    const std::set<std::string> nodes(answer.missing.begin(), answer.missing.end());
    for (const std::string& node : nodes) {
        const std::string label =
            "inspector " + chunk::to_utf8(node) + " did not answer: its messages are missing";
        const std::string parser = answer.node.empty() ? std::string(app_name) : answer.node;
        chunk::Draft draft;
        draft.call_id = call_id;
        draft.parser = draft.observer = parser;
        draft.timestamp = draft.ref_timestamp = answer.at;
        draft.label = draft.message = label;
        draft.event = "missing";
        if (!entities.empty()) {
            draft.src = wire::parse_endpoint(entities.front()).value_or(wire::Endpoint{});
            draft.dst = draft.src;
        }
        chunks.pop_back();  // the array's bracket
        if (chunks.size() > 1) chunks += ',';
        chunk::append_line(draft, chunks);
        chunks.back() = ']';  // in place of the line feed
    }
}

std::string lookup_members(Answer& answer, Priors own, const calls::Rules& rules) {
    const Part all = merge(std::move(answer.parts));
    const order::Flow flow = order::order(all, with_peers(own, std::move(answer.clocks)));
    const auto entities = order::entities(all, flow);
    std::string chunks = order::events_json(all, flow);
    append_missing(answer, answer.call_id, entities, chunks);
    std::string out = "\"Dialog-Entities\":" + text(entities);
    calls::FindingLimits limits = rules.findings;
    limits.now = answer.at;
    out += ",\"Analysis\":" + calls::analysis_text(all, flow, {}, rules, limits);
    out += ",\"Chunks\":";
    out += chunks;
    return out += ',';
}

}  // namespace

std::vector<order::ClockPrior> with_peers(std::span<const order::ClockPrior> own,
                                          std::vector<order::ClockPrior> peers) {
    constexpr wire::Micros collectors_differ = 10'000;
    std::vector<order::ClockPrior> all(own.begin(), own.end());
    for (auto& prior : peers) {
        prior.spread = std::max(prior.spread, collectors_differ);
        all.push_back(std::move(prior));
    }
    order::arrange(all);
    return all;
}

Part merge(std::vector<Part> parts, std::vector<std::size_t>* part_of) {
    using Same =
        std::tuple<std::string, std::optional<wire::Micros>, std::string, std::string, std::string>;
    std::map<Same, std::size_t> kept;
    Part all;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        Part& part = parts[i];
        std::map<Same, std::size_t> seen;
        for (chunk::Chunk& chunk : part) {
            const Same same{chunk.observer, chunk.timestamp, chunk.src, chunk.dst, chunk.message};
            const std::size_t count = ++seen[same];
            std::size_t& have = kept[same];
            if (count <= have) continue;
            have = count;
            all.push_back(std::move(chunk));
            if (part_of != nullptr) part_of->push_back(i);
        }
    }
    return all;
}

Publication publication(Answer answer, std::span<const order::ClockPrior> priors,
                        const calls::Rules& rules) {
    ordered_json object = ordered_json::object();
    std::string members;
    std::string_view event_name = "gather_resp";
    switch (answer.to) {
        case Answering::lookup:
            event_name = "lookup_resp";
            members = lookup_members(answer, priors, rules);
            break;
        case Answering::filter:
            event_name = "filter_resp";
            object["Call-IDs"] = answer.call_ids;
            break;
        case Answering::gather_chunks:
            members = part_members(merge(std::move(answer.parts)), priors);
            object["Instance"] = answer.instance;
            break;
        case Answering::gather_call_ids:
            object["Call-IDs"] = answer.call_ids;
            object["Instance"] = answer.instance;
            break;
        case Answering::report:
            event_name = "inquiry_resp";
            members = members_of(answer.report);
            if (answer.report.topic == Topic::messages) {
                members += part_members(merge(std::move(answer.parts)), priors);
            }
            object["Instance"] = answer.instance;
            break;
        case Answering::ourselves:
            break;
    }
    if (!answer.missing.empty()) object["Missing"] = answer.missing;
    add_headers(object, {event_name, answer.node, answer.msg_id});
    return {std::string(targeted), std::move(answer.server_id), with(std::move(members), object)};
}

Publication present(const Headers& headers, const std::string& instance, const std::string& queue,
                    bool leaving) {
    ordered_json object = {{"Instance", instance}, {"Server-ID", queue}};
    if (leaving) object["Leaving"] = true;
    add_headers(object, headers);
    return {std::string(monitor), "call_inspector.present", text(object)};
}

Publication gather_req(const Headers& headers, const std::string& instance,
                       const std::string& queue, const std::vector<std::string>& call_ids,
                       bool of_one_call) {
    ordered_json object = {{"Instance", instance}, {"Server-ID", queue}};
    if (of_one_call) {
        object["Call-ID"] = call_ids.front();
    } else {
        object["Call-IDs"] = call_ids;
    }
    add_headers(object, headers);
    return {std::string(monitor), "call_inspector.gather", text(object)};
}

Publication inquiry_req(const Headers& headers, const std::string& instance,
                        const std::string& queue, const Inquiry& inquiry) {
    ordered_json object = {{"Instance", instance}, {"Server-ID", queue}};
    add_headers(object, headers);
    return {std::string(monitor), "call_inspector.inquiry", with(members_of(inquiry), object)};
}

}  // namespace ci::amqp
