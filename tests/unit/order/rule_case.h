// A case of tests/data/order: observed messages in their true order, the edges that order() must
// find between them, and those that it must not.
//
//   ```messages
//     | seen by | stamp | from > to     | message              | CSeq     | Via | To | more
//   1 | proxy   | 0     | alice > proxy | INVITE               | 1 INVITE | a   |    |
//   2 | proxy   | 30    | proxy > alice | 183 Session Progress | 1 INVITE | a   | b  | RSeq: 5
//   ```
//   ```edges
//   1 -> 2 hard
//   no 2 -> 1
//   ```
//
// Columns may be left out. `seen by`: one or more observers, each with its stamp; proxy if missing.
// `stamp`, `arrival`: milliseconds; a stamp of `-` is none, arrivals are 2 ms after stamps if
// missing. `leg`: a Call-ID. `Via`: branches, the topmost first; `log`: a log's line, which shows
// no SIP.
#pragma once

#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "order/aligned_call.h"
#include "order/event_graph.h"
#include "order/observe/observer_hosts.h"
#include "order/scene.h"
#include "support/md_cases.h"

namespace ci::order::rules {

using chunk::Chunk;
using wire::Micros;

struct RuleCase {
    std::vector<Chunk> chunks;
    std::vector<std::size_t> rows;  ///< by chunk: the number of its message, from 1
    std::size_t messages = 0;
};

/// "1 -> 2 hard" for each edge of the graph; edges through a gate are "soft", too.
struct FoundEdge {
    std::size_t cause = 0, effect = 0;
    std::string strength;
};

inline std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? std::string()
                                      : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

inline std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, at);) {
        if (at != ' ' || !part.empty()) parts.push_back(trimmed(part));
    }
    return parts;
}

inline std::string address(const std::string& host) {
    static const std::map<std::string, std::string> known = {
        {"alice", scene::alice},      {"proxy", scene::proxy},
        {"bob", scene::bob},          {"proxy2", "192.0.2.4:5060"},
        {"carol", "192.0.2.5:5060"},  {"dave", "192.0.2.6:5060"},
        {"nat", "203.0.113.9:1024"},  {"alice_tcp", "192.0.2.1:40000"},
        {"proxy3", "192.0.2.7:5060"},
    };
    return known.at(host);
}

inline Micros millis(const std::string& text) {
    return static_cast<Micros>(std::stod(text) * 1000);
}

inline RuleCase read_rule_case(const std::string& table) {
    RuleCase result;
    std::vector<std::string> columns;
    for (const std::string& line : split(table, '\n')) {
        const auto cells = split(line, '|');
        if (columns.empty()) {
            columns = cells;
            continue;
        }
        std::map<std::string, std::string> row;
        for (std::size_t i = 0; i < cells.size(); ++i) row[columns.at(i)] = cells[i];
        const auto ends = split(row.at("from > to"), '>');
        scene::Text text{row.at("message"), row.at("CSeq"), {}, row["To"], row["more"]};
        if (!text.more.empty()) text.more += "\r\n";
        if (!row["From"].empty()) text.from_tag = row["From"];
        const bool is_log = row["Via"] == "log";
        if (!is_log) text.branches = split(row["Via"], ' ');
        const auto observers = split(row["seen by"].empty() ? "proxy" : row["seen by"], ',');
        const auto stamps = split(row.at("stamp"), ',');
        const auto arrivals = split(row["arrival"], ',');
        ++result.messages;
        for (std::size_t i = 0; i < observers.size(); ++i) {
            Chunk chunk;
            chunk.call_id = row["leg"].empty() ? "scene" : row["leg"];
            chunk.parser = chunk.observer = observers[i];
            chunk.src = address(ends.at(0));
            chunk.dst = address(ends.at(1));
            chunk.label = text.label();
            chunk.c_seq = text.cseq;
            if (!is_log) chunk.message = text.message();
            const bool has_stamp = stamps.at(i) != "-";
            chunk.ref_timestamp =
                scene::start +
                (arrivals.empty() ? millis(stamps[i]) + 2 * scene::ms : millis(arrivals.at(i)));
            chunk.timestamp = has_stamp ? scene::start + millis(stamps[i]) : *chunk.ref_timestamp;
            if (!has_stamp) chunk.flags.set(chunk::Flag::no_clock);
            result.chunks.push_back(chunk);
            result.rows.push_back(result.messages);
        }
    }
    return result;
}

inline std::vector<FoundEdge> found_edges(const RuleCase& rule) {
    const Observations observations = observe(rule.chunks);
    const AlignedCall call = align_call(observations, find_observer_hosts(observations), {});
    Contradictions contradictions(rule.chunks, observations, call.transmissions);
    const EventGraph graph = build_graph(observations, call, contradictions);
    const std::size_t nodes = call.transmissions.all.size();
    const auto row = [&](std::uint32_t node) {
        const auto& one = call.transmissions.all[node];
        return rule.rows[observations.all[one.observations.front()].chunk];
    };
    std::vector<FoundEdge> found;
    for (const Edge& edge : graph.edges) {
        if (edge.cause >= nodes) continue;
        if (edge.effect < nodes) {
            const char* strength = edge.hard ? "hard" : edge.weak ? "weak" : "soft";
            found.push_back({row(edge.cause), row(edge.effect), strength});
            continue;
        }
        for (const Edge& behind : graph.edges) {
            if (behind.cause != edge.effect) continue;
            found.push_back({row(edge.cause), row(behind.effect), "soft"});
        }
    }
    return found;
}

/// Empty if the expectation ("1 -> 2 hard", "no 2 -> 1") holds, else what is wrong.
inline std::string mistake(const std::vector<FoundEdge>& found, const std::string& expected) {
    std::istringstream in(expected);
    std::string word;
    in >> word;
    const bool wanted = word != "no";
    if (!wanted) in >> word;
    const std::size_t cause = std::stoul(word);
    std::size_t effect = 0;
    std::string arrow, strength;
    in >> arrow >> effect >> strength;
    if (arrow != "->" || effect == 0 || (wanted && strength.empty())) {
        throw std::runtime_error("not an edge: " + expected);
    }
    bool is_found = false;
    std::string all;
    for (const FoundEdge& edge : found) {
        is_found = is_found || (edge.cause == cause && edge.effect == effect &&
                                (!wanted || edge.strength == strength));
        all += "\n  " + std::to_string(edge.cause) + " -> " + std::to_string(edge.effect) + ' ' +
               edge.strength;
    }
    return is_found == wanted ? "" : expected + " is not so; found are" + all;
}

}  // namespace ci::order::rules
