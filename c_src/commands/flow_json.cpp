#include "commands/flow_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace ci::commands {
namespace {

using json = nlohmann::ordered_json;

double millis_of(wire::Micros time) {
    return static_cast<double>(time) / 1'000;
}

double ppm_of(double drift) {
    return std::round(drift * 1e7) / 10;
}

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
    for (const order::CauseOverLegs& one : flow.over_legs) {
        array[one.effect]["cause"] = one.cause;
        array[one.effect]["why"] = one.why;
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
            object["offset_ms"] = millis_of(clock.offset);
            object["drift_ppm"] = ppm_of(clock.drift);
            if (clock.spread) object["spread_ms"] = millis_of(*clock.spread);
            object["steps"] = clock.steps;
            if (clock.ahead_of_arrival) {
                object["ahead_of_collector_ms"] = millis_of(*clock.ahead_of_arrival);
            }
        }
        object["messages_in_common"] = clock.shared;
        if (clock.delivery) {
            object["delivery"] = {{"kind", name_of(clock.delivery->kind)},
                                  {"median_ms", millis_of(clock.delivery->median)},
                                  {"worst_ms", millis_of(clock.delivery->worst)}};
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

}  // namespace

std::string events_text(const std::vector<chunk::Chunk>& chunks, const order::Flow& flow) {
    return events(chunks, flow).dump();
}
std::string clocks_text(const order::Flow& flow) {
    return clocks(flow).dump();
}
std::string gaps_text(const order::Flow& flow) {
    return gaps(flow).dump();
}
std::string contradictions_text(const order::Flow& flow) {
    return json(flow.contradictions).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace ci::commands
