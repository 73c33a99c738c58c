#include "commands/answers.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "calls/findings/analysis_json.h"
#include "commands/flow_json.h"
#include "commands/search.h"
#include "order/events_json.h"
#include "order/order.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

using json = nlohmann::ordered_json;

double in_ms(wire::Micros time) {
    return static_cast<double>(time) / 1'000;
}

json to_json(const clocks::Delivery& delivery) {
    return {{"kind", clocks::delivery_names[static_cast<std::size_t>(delivery.kind)]},
            {"median_ms", in_ms(delivery.median)},
            {"worst_ms", in_ms(delivery.worst)},
            {"known_by", delivery.by_others ? "other observers" : "its promptest messages"}};
}

json to_json(const sources::Senders::View& sender, Known known) {
    json object = json::object();
    if (sender.address.family != wire::Family::none) {  // a log comes from no address
        object["address"] = wire::to_string(sender.address);
    } else {
        object["observer"] = chunk::to_utf8(sender.observer);
    }
    if (sender.capture_id) object["capture_id"] = *sender.capture_id;
    if (!sender.agent_name.empty()) object["agent_name"] = chunk::to_utf8(sender.agent_name);
    object["received"] = sender.received;
    object["last_seen"] = wire::to_gregorian(sender.last_seen);
    if (sender.clock_offset) {
        object["clock_offset_ms"] = in_ms(*sender.clock_offset);
    }
    const auto found = std::lower_bound(
        known.begin(), known.end(), sender.observer,
        [](const clocks::KnownClock& one, const auto& name) { return one.prior.observer < name; });
    if (found != known.end() && found->prior.observer == sender.observer) {
        object["delivery"] = to_json(found->delivery);
    }
    return object;
}

const char* on_or_off(const sources::Parsers::Snapshot& parser, sources::Switch which) {
    return parser.switches[static_cast<std::size_t>(which)] ? "on" : "off";
}

json to_json(const sources::LogStats& log) {
    const std::uint64_t unread = log.size - log.position;
    json object = {
        {"size", log.size},
        {"position", log.position},
        {"percent", log.size == 0 ? 100.0
                                  : std::floor(1'000.0 * static_cast<double>(log.position) /
                                               static_cast<double>(log.size)) /
                                        10},
        {"bytes_per_second", std::llround(log.rate)},
        {"unread", unread},
        {"following", log.is_following}};
    if (unread == 0) {
        object["lag_s"] = 0;
    } else if (log.rate >= 1) {
        object["lag_s"] = std::round(static_cast<double>(unread) / log.rate * 10) / 10;
    }
    if (log.newest != 0) object["newest"] = wire::to_gregorian(log.newest);
    if (!log.trouble.empty()) object["trouble"] = chunk::to_utf8(log.trouble);
    if (!log.polled.empty()) object["polled"] = chunk::to_utf8(log.polled);
    object["known"] = log.known;
    object["gaps"] = log.gaps;
    object["lines"] = json::object();
    return object;
}

json to_json(const sources::Parsers::Snapshot& parser, Known known) {
    json object = {{"id", chunk::to_utf8(parser.id)},
                   {"type", parser.type},
                   {"capture", on_or_off(parser, sources::Switch::capture)},
                   {"capture_bad_msgs", on_or_off(parser, sources::Switch::capture_bad_msgs)},
                   {"received", parser.received},
                   {"stored", parser.stored},
                   {"events", parser.events},
                   {"bytes", parser.bytes},
                   {"kernel_dropped", parser.kernel_dropped},
                   {"receive_buffer", parser.receive_buffer},
                   {"refused", json::object()},
                   {"damaged", json::object()},
                   {"pieces", json::object()},
                   {"connections",
                    {{"open", parser.connections_open},
                     {"accepted", parser.connections_accepted},
                     {"failed", json::object()}}}};
    const auto fill = [](json& counters, const auto& counted) {
        for (const auto& [reason, count] : counted) counters[std::string(reason)] = count;
    };
    if (const auto& frames = parser.frames) {
        object["frames"] = {{"received", frames->received}, {"lost", json::object()}};
        fill(object["frames"], frames->fates);
        fill(object["frames"]["lost"], frames->losses);
        object["interruptions"] = frames->interruptions;
        if (!frames->interrupted.empty()) {
            object["interrupted"] = chunk::to_utf8(frames->interrupted);
        }
    }
    if (const auto& log = parser.log) {
        object["log"] = to_json(*log);
        fill(object["log"]["lines"], log->lines);
    }
    fill(object["refused"], parser.refused);
    fill(object["damaged"], parser.damaged);
    fill(object["pieces"], parser.pieces);
    fill(object["connections"]["failed"], parser.connections_failed);
    if (parser.last_seen != 0) object["last_seen"] = wire::to_gregorian(parser.last_seen);
    object["senders"] = json::array();
    for (const auto& sender : parser.senders) object["senders"].push_back(to_json(sender, known));
    object["senders_overflow"] = parser.senders_overflow;
    return object;
}

double in_ppm(double drift) {
    return std::round(drift * 1e7) / 10;
}

/// The chunk without its Call-ID: Kazoo prints that once for the whole call.
std::string without_call_id(const std::string& object) {
    const auto value = chunk::find_member(object, "call-id");
    if (!value) return object;
    const auto at = static_cast<std::size_t>(value->data() - object.data());
    auto end = object.find_first_not_of(" \t\r\n", at + value->size());
    auto begin = object.rfind("\"call-id\"", at);
    if (object[end] == ',') {
        ++end;  // removes the comma after the member
    } else if (const auto before = object.find_last_not_of(" \t\r\n", begin - 1);
               object[before] == ',') {
        begin = before;
    }
    return object.substr(0, begin) + object.substr(end);
}

std::string messages(const std::vector<chunk::Chunk>& chunks, const order::Flow& flow) {
    std::vector<chunk::Chunk> shown(chunks.size());
    for (const order::Event& event : flow.events) {
        shown[event.chunk].json = without_call_id(chunks[event.chunk].json);
    }
    return order::events_json(shown, flow);
}

}  // namespace

std::string callid_details(std::string_view /*call_id*/, const store::StoredCall& dialogue,
                           Priors priors) {
    return order::events_json(dialogue.chunks, order::order(dialogue.chunks, priors)) + "\n";
}

std::string inspect_call_id(std::string_view call_id, const store::StoredCall& dialogue,
                            Priors priors, const calls::Rules& rules,
                            const calls::FindingLimits& limits) {
    const order::Flow flow = order::order(dialogue.chunks, priors);
    std::string out = "{\"call-id\":";
    chunk::append_json_string(call_id, out);
    out += ",\"messages\":";
    out += messages(dialogue.chunks, flow);
    out += ",\"dialog_entities\":";
    out += json(order::entities(dialogue.chunks, flow)).dump();
    out += ",\"analysis\":";
    out += calls::analysis_text(dialogue.chunks, flow, {}, rules, limits);
    out += ",\"events\":";
    out += events_text(dialogue.chunks, flow);
    out += ",\"clocks\":";
    out += clocks_text(flow);
    out += ",\"gaps\":";
    out += gaps_text(flow);
    out += ",\"contradictions\":";
    out += contradictions_text(flow);
    out += "}\n";
    return out;
}

std::string stats_json(const sources::Parsers::Snapshot& parser, Known known) {
    return to_json(parser, known).dump() + "\n";
}

std::string stats_json(const std::vector<sources::Parsers::Snapshot>& parsers, Known known) {
    json array = json::array();
    for (const auto& parser : parsers) array.push_back(to_json(parser, known));
    return array.dump() + "\n";
}

std::string clocks_json(Known known) {
    json array = json::array();
    for (const auto& [prior, delivery] : known) {
        array.push_back({{"observer", chunk::to_utf8(prior.observer)},
                         {"offset_ms", in_ms(prior.offset)},
                         {"spread_ms", in_ms(prior.spread)},
                         {"drift_ppm", in_ppm(prior.drift)},
                         {"messages", prior.count},
                         {"since", wire::to_gregorian(prior.since)},
                         {"at", wire::to_gregorian(prior.at)},
                         {"delivery", to_json(delivery)}});
    }
    return array.dump() + "\n";
}

std::string import_json(const ImportedCalls& imported) {
    const json object = {{"files", imported.files},
                         {"imported", imported.imported},
                         {"already_there", imported.already},
                         {"skipped", imported.skipped}};
    return object.dump() + "\n";
}

calls::FindingLimits limits_now(const calls::Rules& rules) {
    calls::FindingLimits limits = rules.findings;
    limits.now = time_of_command();
    return limits;
}

}  // namespace ci::commands
