#include "web/metrics.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "commands/commands.h"
#include "web/access/access_log.h"
#include "web/answer.h"
#include "web/http/metrics_text.h"
#include "web/lookups.h"
#include "web/traffic.h"

namespace ci::web {
namespace {

using json = nlohmann::ordered_json;
using Snapshots = std::vector<sources::Parsers::Snapshot>;

/// A number of store_stats.
struct StoreMetric {
    const char *pointer, *name, *help;
    bool is_counter;
};
constexpr StoreMetric store_metrics[] = {
    {"/received", "call_inspector_store_received", "Messages handed to the store.", true},
    {"/stored", "call_inspector_store_stored", "Messages in the journal or in their call's file.",
     true},
    {"/shelved", "call_inspector_store_shelved", "Messages in their call's file.", true},
    {"/lost", "call_inspector_store_lost",
     "Messages for which there was no room: the disk is full or too slow.", true},
    {"/flushed", "call_inspector_store_flushed",
     "Messages that were deleted before they reached their call's file.", true},
    {"/unreadable", "call_inspector_store_unreadable",
     "Messages that could not be read back from the journal.", true},
    {"/expired", "call_inspector_store_expired_calls", "Calls removed by keep and keep_bytes.",
     true},
    {"/compressed", "call_inspector_store_compressed_calls", "Calls that were compressed.", true},
    {"/waiting", "call_inspector_store_waiting_messages", "Messages in the journal only.", false},
    {"/memory", "call_inspector_store_memory_bytes", "Messages that are not in the journal yet.",
     false},
    {"/calls", "call_inspector_store_calls", "Calls' files.", false},
    {"/bytes", "call_inspector_store_size_bytes", "Size of all calls' files.", false},
    {"/index/dialogues", "call_inspector_index_dialogues", "Dialogues that can be found.", false},
    {"/index/waiting_bytes", "call_inspector_index_waiting_bytes",
     "Messages that the index has not taken yet.", false},
    {"/index/waiting_files", "call_inspector_index_waiting_files",
     "Calls' files that the index has to read.", false},
};

void tell_store(const json& stats, MetricsText& text) {
    for (const StoreMetric& metric : store_metrics) {
        const json::json_pointer pointer(metric.pointer);
        if (!stats.contains(pointer)) continue;
        metric.is_counter ? text.counter(metric.name, metric.help)
                          : text.gauge(metric.name, metric.help);
        text.sample(stats[pointer].get<double>());
    }
    text.gauge("call_inspector_store_trouble", "1 if messages cannot be written at the moment.");
    text.sample(stats.contains("trouble") ? 1 : 0);
    if (!stats.contains("/index/lag_ms"_json_pointer)) return;
    text.gauge("call_inspector_index_lag_seconds",
               "Age of the oldest message that cannot be found yet.");
    text.sample(stats["/index/lag_ms"_json_pointer].get<double>() / 1'000);
    text.gauge("call_inspector_index_trouble", "1 if the index cannot be written at the moment.");
    text.sample(stats["index"].contains("trouble") ? 1 : 0);
}

struct ParserMetric {
    const char *name, *help;
    std::uint64_t sources::Parsers::Snapshot::*value;
};
constexpr ParserMetric parser_metrics[] = {
    {"call_inspector_parser_received", "Packets that came in.",
     &sources::Parsers::Snapshot::received},
    {"call_inspector_parser_stored", "Packets that the store accepted.",
     &sources::Parsers::Snapshot::stored},
    {"call_inspector_parser_events", "Stored packets that are not SIP.",
     &sources::Parsers::Snapshot::events},
    {"call_inspector_parser_bytes", "Octets that came in.", &sources::Parsers::Snapshot::bytes},
    {"call_inspector_parser_kernel_dropped",
     "Packets that the kernel dropped because they were not read fast enough.",
     &sources::Parsers::Snapshot::kernel_dropped},
    {"call_inspector_parser_connections_accepted", "TCP connections that were accepted.",
     &sources::Parsers::Snapshot::connections_accepted},
};

struct ReasonMetric {
    const char *name, *help;
    sources::Counted sources::Parsers::Snapshot::*counts;
};
constexpr ReasonMetric reason_metrics[] = {
    {"call_inspector_parser_refused", "Packets that were not stored, by reason.",
     &sources::Parsers::Snapshot::refused},
    {"call_inspector_parser_damaged",
     "Packets that were stored though something in them is broken.",
     &sources::Parsers::Snapshot::damaged},
    {"call_inspector_parser_connections_failed", "TCP connections that were refused or closed.",
     &sources::Parsers::Snapshot::connections_failed},
};

void tell_senders(const Snapshots& parsers, MetricsText& text) {
    const auto each = [&](const auto& tell) {
        for (const auto& parser : parsers) {
            for (const auto& sender : parser.senders) tell(parser.id, sender);
        }
    };
    text.counter("call_inspector_sender_messages", "Messages of a sender that could be read.");
    each([&](const std::string& parser, const auto& sender) {
        text.sample(static_cast<double>(sender.received),
                    {{"parser", parser}, {"observer", sender.observer}});
    });
    text.gauge("call_inspector_sender_last_seen_seconds",
               "Arrival of its newest message, Unix time.");
    each([&](const std::string& parser, const auto& sender) {
        text.sample(static_cast<double>(sender.last_seen) / 1e6,
                    {{"parser", parser}, {"observer", sender.observer}});
    });
    text.gauge("call_inspector_sender_clock_offset_seconds",
               "How far its clock is ahead of the inspector's; delay lowers it.");
    each([&](const std::string& parser, const auto& sender) {
        if (!sender.clock_offset) return;
        text.sample(static_cast<double>(*sender.clock_offset) / 1e6,
                    {{"parser", parser}, {"observer", sender.observer}});
    });
}

void tell_parsers(const Snapshots& parsers, MetricsText& text) {
    for (const ParserMetric& metric : parser_metrics) {
        text.counter(metric.name, metric.help);
        for (const auto& parser : parsers) {
            text.sample(static_cast<double>(parser.*metric.value), {{"parser", parser.id}});
        }
    }
    for (const ReasonMetric& metric : reason_metrics) {
        text.counter(metric.name, metric.help);
        for (const auto& parser : parsers) {
            for (const auto& [reason, count] : parser.*metric.counts) {
                text.sample(static_cast<double>(count),
                            {{"parser", parser.id}, {"reason", reason}});
            }
        }
    }
    text.gauge("call_inspector_parser_connections_open", "TCP connections that are open.");
    for (const auto& parser : parsers) {
        text.sample(static_cast<double>(parser.connections_open), {{"parser", parser.id}});
    }
    tell_senders(parsers, text);
}

void tell_web(const House& house, MetricsText& text) {
    const Counters& counters = house.counters;
    const auto counter = [&](const char* name, const char* help, std::uint64_t value) {
        text.counter(name, help);
        text.sample(static_cast<double>(value));
    };
    counter("call_inspector_web_connections", "Connections that were accepted.", counters.accepted);
    counter("call_inspector_web_turned_away", "Connections for which there was no room.",
            counters.turned_away);
    counter("call_inspector_web_handshakes_failed",
            "Connections that ended before TLS was established.", counters.handshakes_failed);
    counter("call_inspector_web_logins_refused", "Wrong or expired tokens and passwords.",
            house.door.refused());
    counter("call_inspector_web_logins_held_off",
            "Tries of those who had tried wrong ones too often.", house.door.held_off());
    counter("call_inspector_web_access_log_lost", "Lines that the access log has no room for.",
            house.access_log == nullptr ? 0 : house.access_log->lost());
    counter("call_inspector_web_malformed", "Requests that are no HTTP, or too large.",
            counters.malformed);
    counter("call_inspector_web_slow", "Connections that were closed as too slow.", counters.slow);
    counter("call_inspector_web_streams_dropped",
            "Streams of events that were not read fast enough.", counters.streams_dropped);
    text.counter("call_inspector_web_responses", "Responses by class of status.");
    constexpr const char* classes[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
    for (std::size_t digit = 2; digit < counters.by_class.size(); ++digit) {
        text.sample(static_cast<double>(counters.by_class.at(digit)), {{"class", classes[digit]}});
    }
    text.gauge("call_inspector_web_streams", "Streams of events that are open.");
    text.sample(static_cast<double>(counters.streams));
}

void tell_traffic(const Traffic::Told& told, MetricsText& text) {
    text.counter("call_inspector_dialogues_begun",
                 "Dialogues whose first message was seen, by kind.");
    for (std::size_t kind = 0; kind < told.begun.size(); ++kind) {
        text.sample(static_cast<double>(told.begun.at(kind)), {{"kind", calls::kind_names[kind]}});
    }
    text.counter("call_inspector_dialogues", "Dialogues with an outcome, by kind and outcome.");
    for (std::size_t kind = 0; kind < told.ended.size(); ++kind) {
        for (std::size_t outcome = 0; outcome < told.ended.at(kind).size(); ++outcome) {
            const std::uint64_t count = told.ended.at(kind).at(outcome);
            // All outcomes of calls, so that a rate begins with the first one.
            if (count == 0 && (kind != 0 || outcome == 0)) continue;
            text.sample(static_cast<double>(count), {{"kind", calls::kind_names[kind]},
                                                     {"outcome", calls::outcome_names[outcome]}});
        }
    }
    text.counter("call_inspector_final_statuses", "Final statuses of calls, by class.");
    for (std::size_t digit = 2; digit < told.final_status.size(); ++digit) {
        text.sample(static_cast<double>(told.final_status.at(digit)),
                    {{"class", std::to_string(digit) + "xx"}});
    }
    text.counter("call_inspector_traffic_left_out",
                 "Changes of dialogues that came too fast to be counted.");
    text.sample(static_cast<double>(told.left_out));
    text.gauge("call_inspector_calls_up", "Calls that go on, of those that were counted as begun.");
    text.sample(static_cast<double>(told.up));
    text.histogram("call_inspector_post_dial_delay_seconds", "From the INVITE to the first 18x.");
    text.samples(told.post_dial_delay);
    text.histogram("call_inspector_setup_seconds", "From the INVITE to the answer.");
    text.samples(told.setup);
    text.histogram("call_inspector_call_duration_seconds", "From the answer to the hang-up.");
    text.samples(told.duration);
}

}  // namespace

Plan metrics(const Asked& asked) {
    const bool is_open_metrics =
        asked.request.accept.find("application/openmetrics-text") != std::string::npos;
    const bool names_calls = asked.who.has(Right::look_all);
    return Task{"", false, [is_open_metrics, names_calls](const House& house) {
                    MetricsText text(is_open_metrics, names_calls);
                    const std::vector<std::string> words{"store_stats"};
                    tell_store(json::parse(commands::run(house.inspector, words).text), text);
                    tell_parsers(house.inspector.parsers().snapshots(), text);
                    tell_web(house, text);
                    house.traffic.want();
                    if (house.inspector.index() != nullptr) {
                        house.traffic.look(*house.inspector.index());
                        tell_traffic(house.traffic.told(), text);
                    }
                    text.histogram("call_inspector_web_lookup_seconds",
                                   "How long it took to answer a question about a call.");
                    text.samples(house.lookups.told());
                    return with_text(is_open_metrics ? "application/openmetrics-text; "
                                                       "version=1.0.0; charset=utf-8"
                                                     : "text/plain; version=0.0.4; charset=utf-8",
                                     std::move(text).take());
                }};
}

}  // namespace ci::web
