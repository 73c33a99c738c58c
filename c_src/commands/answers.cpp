#include "commands/answers.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ladder/text.h"
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

/// For each of `messages`: the observers that saw it, when by their clocks, and the observers that
/// should have.
json events(const std::vector<chunk::Chunk>& chunks, const order::Flow& flow) {
    json array = json::array();
    for (const order::Event& event : flow.events) {
        json object = {{"at", wire::to_gregorian(event.at)}, {"observed_by", json::array()}};
        for (const std::size_t seen : event.seen) {
            json one = {{"observer", chunks[seen].observer}};
            if (chunks[seen].timestamp)
                one["timestamp"] = wire::to_gregorian(*chunks[seen].timestamp);
            if (chunks[seen].ref_timestamp) {
                one["ref_timestamp"] = wire::to_gregorian(*chunks[seen].ref_timestamp);
            }
            object["observed_by"].push_back(std::move(one));
        }
        object["missed_by"] = json::array();
        for (const std::size_t clock : event.missed_by) {
            object["missed_by"].push_back(flow.clocks[clock].observer);
        }
        if (event.retransmission > 0) object["retransmission"] = event.retransmission;
        if (event.timer_slot) object["timer_slot"] = *event.timer_slot;
        if (event.guessed) object["guessed"] = true;
        array.push_back(std::move(object));
    }
    return array;
}

std::string_view name_of(order::Delivery::Kind kind) {
    using Kind = order::Delivery::Kind;
    switch (kind) {
        case Kind::prompt:
            return "prompt";
        case Kind::late:
            return "late";
        case Kind::batched:
            return "batched";
        case Kind::uneven:
            break;
    }
    return "uneven";
}

json clocks(const order::Flow& flow) {
    json array = json::array();
    for (const order::Clock& clock : flow.clocks) {
        json object = {{"observer", clock.observer}};
        if (!clock.host.empty()) object["host"] = clock.host;
        object["has_clock"] = clock.has_clock;
        object["common"] = clock.common;
        if (clock.has_clock) {
            object["offset_ms"] = in_ms(clock.offset);
            object["drift_ppm"] = in_ppm(clock.drift);
            if (clock.spread) object["spread_ms"] = in_ms(*clock.spread);
            object["steps"] = clock.steps;
            if (clock.ahead_of_arrival) {
                object["ahead_of_collector_ms"] = in_ms(*clock.ahead_of_arrival);
            }
        }
        object["messages_in_common"] = clock.shared;
        if (clock.delivery) {
            object["delivery"] = {{"kind", name_of(clock.delivery->kind)},
                                  {"median_ms", in_ms(clock.delivery->median)},
                                  {"worst_ms", in_ms(clock.delivery->worst)}};
        }
        array.push_back(std::move(object));
    }
    return array;
}

json gaps(const order::Flow& flow) {
    json array = json::array();
    for (const order::MissingRequest& gap : flow.gaps) {
        array.push_back({{"before", gap.before},
                         {"missing", gap.method},
                         {"c_seq", gap.number + " " + gap.method},
                         {"src", gap.src},
                         {"dst", gap.dst}});
    }
    return array;
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
                            Priors priors) {
    const order::Flow flow = order::order(dialogue.chunks, priors);
    std::string out = "{\"call-id\":";
    chunk::append_json_string(call_id, out);
    out += ",\"messages\":";
    out += messages(dialogue.chunks, flow);
    out += ",\"dialog_entities\":";
    out += json(order::entities(dialogue.chunks, flow)).dump();
    out += ",\"analysis\":[],\"events\":";
    out += events(dialogue.chunks, flow).dump();
    out += ",\"clocks\":";
    out += clocks(flow).dump();
    out += ",\"gaps\":";
    out += gaps(flow).dump();
    out += ",\"contradictions\":";
    out += json(flow.contradictions).dump(-1, ' ', false, json::error_handler_t::replace);
    out += "}\n";
    return out;
}

std::string ladder(std::string_view call_id, const store::StoredCall& dialogue, Priors priors) {
    if (dialogue.chunks.empty()) {
        return "no messages are stored for " + wire::visible_line(chunk::to_utf8(call_id)) + "\n";
    }
    return ladder::text(dialogue.chunks, order::order(dialogue.chunks, priors));
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

}  // namespace ci::commands
