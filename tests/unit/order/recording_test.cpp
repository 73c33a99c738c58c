// Compares each recorded call with the packet capture of the same call.
#include "order/recording.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <utility>

#include "hep/hep.h"
#include "sip/message.h"
#include "support/places.h"
#include "wire/reader.h"

namespace ci::order::recorded {
namespace {

using chunk::Chunk;
using nlohmann::json;
using wire::Micros;

std::string read_gzip(const std::string& path) {
    std::string text;
    FILE* pipe = popen(("gzip -dc '" + path + "'").c_str(), "r");
    if (pipe == nullptr) return text;
    std::vector<char> piece(1U << 16U);
    for (std::size_t got = 0; (got = fread(piece.data(), 1, piece.size(), pipe)) > 0;) {
        text.append(piece.data(), got);
    }
    pclose(pipe);
    return text;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (file) return {std::istreambuf_iterator<char>(file), {}};
    return read_gzip(path + ".gz");
}

struct Datagram {
    Micros arrival;
    std::string bytes;
};

std::vector<Datagram> read_stream(const std::string& path) {
    const std::string file = read_file(path);
    const auto bytes = wire::as_bytes(file);
    std::vector<Datagram> datagrams;
    for (std::size_t at = 0; at + 12 <= bytes.size();) {
        const auto length = wire::be_at<std::uint32_t>(bytes, at);
        const auto arrival = wire::be_at<std::uint64_t>(bytes, at + 4);
        datagrams.push_back({static_cast<Micros>(arrival), file.substr(at + 12, length)});
        at += 12 + length;
    }
    return datagrams;
}

/// OpenSIPS wraps SIP in a JSON object.
std::string unwrapped(std::string_view payload) {
    if (!payload.empty() && payload.front() == '{') {
        const json object = json::parse(payload, nullptr, false);
        if (object.is_object() && object.contains("payload")) return object["payload"];
    }
    return std::string(payload);
}

std::optional<Chunk> to_chunk(const Datagram& datagram, const std::string& parser) {
    const auto capture = hep::decode(wire::as_bytes(datagram.bytes), datagram.arrival);
    if (!capture || capture->payload_type != hep::PayloadType::sip) return std::nullopt;
    Chunk chunk;
    chunk.message = unwrapped(capture->payload);
    const auto message = sip::parse(chunk.message);
    if (!message) return std::nullopt;
    chunk.call_id = message->call_id;
    chunk.parser = parser;
    chunk.observer = parser + '#' + std::to_string(capture->capture_id.value_or(0));
    chunk.src = wire::to_string(capture->source);
    chunk.dst = wire::to_string(capture->destination);
    chunk.ref_timestamp = datagram.arrival;
    chunk.timestamp = capture->captured_at.value_or(datagram.arrival);
    if (!capture->captured_at) chunk.flags.set(chunk::Flag::no_clock);
    chunk.label = message->start_line;
    chunk.c_seq = message->cseq_value;
    return chunk;
}

bool caused(const Sent& a, const Sent& b) {
    const bool response = b.label.starts_with("SIP/2.0 ");
    const bool answered = response && a.src == b.dst && a.dst == b.src && a.cseq == b.cseq &&
                          !a.label.starts_with("SIP/2.0 ");
    // CANCEL and 100 are hop by hop: a proxy does not forward them (RFC 3261 16.10, 16.7).
    const bool one_hop = a.cseq.ends_with("CANCEL") || a.label.starts_with("SIP/2.0 100");
    const bool forwarded = !one_hop && a.dst == b.src && a.label == b.label && a.cseq == b.cseq;
    const bool acknowledged = b.cseq == a.cseq.substr(0, a.cseq.find(' ')) + " ACK" &&
                              a.src == b.dst && a.dst == b.src && a.label.starts_with("SIP/2.0 ") &&
                              a.label[8] >= '2' && a.cseq.ends_with("INVITE");
    return answered || forwarded || acknowledged;
}

}  // namespace

std::vector<Call> read_run(const std::string& run) {
    const std::string folder = test::data("recordings/") + run + '/';
    const json manifest = json::parse(read_file(folder + "manifest.json"));
    std::vector<Call> calls;
    std::map<std::pair<std::string, std::size_t>, std::pair<std::size_t, std::size_t>> shown;
    for (const json& of : manifest["calls"]) {
        Call call;
        call.id = of["call_id"];
        for (const json& sent : of["messages"]) {
            bool mirrored = false;
            for (const json& sender : manifest["senders"]) {
                const std::string name = sender["name"];
                if (!sent["seen"].contains(name)) continue;
                mirrored = true;
                for (const std::size_t index : sent["seen"][name]) {
                    shown[{name, index}] = {calls.size(), call.truth.size()};
                }
            }
            if (sent.contains("retransmission")) call.retransmits.push_back(call.truth.size());
            call.truth.push_back(
                {sent["src"], sent["dst"], sent["label"], sent["cseq"], sent["wire_us"], mirrored});
        }
        calls.push_back(std::move(call));
    }

    struct Arrived {
        Datagram datagram;
        std::string sender, parser;
        std::size_t index;
    };
    std::vector<Arrived> arrived;
    for (const json& sender : manifest["senders"]) {
        auto stream = read_stream(folder + std::string(sender["file"]));
        for (std::size_t i = 0; i < stream.size(); ++i) {
            arrived.push_back({std::move(stream[i]), sender["name"], sender["recorder"], i});
        }
    }
    std::stable_sort(arrived.begin(), arrived.end(), [](const Arrived& a, const Arrived& b) {
        return a.datagram.arrival < b.datagram.arrival;
    });
    for (std::size_t place = 0; place < arrived.size(); ++place) {
        const auto found = shown.find({arrived[place].sender, arrived[place].index});
        if (found == shown.end()) continue;
        auto chunk = to_chunk(arrived[place].datagram, arrived[place].parser);
        if (!chunk) {
            ADD_FAILURE() << run << ": unreadable datagram " << arrived[place].index;
            continue;
        }
        Call& call = calls[found->second.first];
        call.chunks.push_back(std::move(*chunk));
        call.shows.push_back(found->second.second);
        call.datagram.push_back(place);
    }
    return calls;
}

std::string mistakes(const Call& call, const Flow& flow, Micros either_order) {
    std::ostringstream words;
    const auto name = [&](std::size_t t) {
        return '[' + std::to_string(t) + "] " + call.truth[t].label + " (" + call.truth[t].cseq +
               ") " + call.truth[t].src + " > " + call.truth[t].dst;
    };
    std::vector<std::size_t> order;
    std::vector<std::size_t> times(call.truth.size());
    for (const Event& event : flow.events) {
        const std::size_t shows = call.shows[event.chunk];
        order.push_back(shows);
        ++times[shows];
        for (const std::size_t chunk : event.seen) {
            if (call.shows[chunk] != shows) {
                words << "  merged " << name(shows) << " with " << name(call.shows[chunk]) << '\n';
            }
        }
        const bool again = std::find(call.retransmits.begin(), call.retransmits.end(), shows) !=
                           call.retransmits.end();
        if (again != (event.retransmission > 0))
            words << "  not sent again: " << name(shows) << '\n';
    }
    for (std::size_t t = 0; t < call.truth.size(); ++t) {
        const std::size_t wanted = call.truth[t].mirrored ? 1 : 0;
        if (times[t] != wanted) words << "  " << times[t] << " times " << name(t) << '\n';
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i + 1; j < order.size(); ++j) {
            const Sent& first = call.truth[order[i]];
            const Sent& second = call.truth[order[j]];
            if (order[i] <= order[j]) continue;
            if (first.at - second.at > either_order || caused(second, first)) {
                words << "  " << name(order[i]) << "\n    before " << name(order[j]) << " ("
                      << first.at - second.at << " us)\n";
            }
        }
    }
    return words.str();
}

namespace {

const char* const runs[] = {"kam_hep1_mode1",      "kam_hep2_mode1",  "kam_hep2_mode1_ipv6",
                            "kam_hep3_mode1",      "kam_hep3_kazoo",  "kam2_hep2_skew-3.2s",
                            "kam2_hep3_skew-3.2s", "b2b_kam3_sofia3", "b2b_kam3_sofia3_skew",
                            "sofia_hep1",          "sofia_hep2",      "sofia_hep3",
                            "osips_hep2_udp",      "osips_hep3_udp",  "osips_hep3_tcp_homer6json",
                            "load_2000calls_hep3"};

std::string run_name(const testing::TestParamInfo<const char*>& info) {
    std::string name = info.param;
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
}

/// Those of more than one observer.
const char* const shared_runs[] = {
    "kam2_hep2_skew-3.2s", "kam2_hep3_skew-3.2s", "b2b_kam3_sofia3", "b2b_kam3_sofia3_skew",
    "sofia_hep1",          "sofia_hep2",          "sofia_hep3"};

class Recorded : public testing::TestWithParam<const char*> {};

void expect_exact(const std::vector<Call>& calls) {
    for (const Call& call : calls) {
        EXPECT_EQ(mistakes(call, order(call.chunks)), "") << call.id;
    }
}

TEST_P(Recorded, EveryCallIsExact) {
    expect_exact(read_run(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Runs, Recorded, testing::ValuesIn(runs), run_name);

/// Rewrites the arrivals as a fast replay would: datagrams follow in recorded order 20 microseconds
/// apart. Each parser has its own thread, which is up to a millisecond late but keeps its order.
void replay_at_once(std::vector<Call>& calls, unsigned seed) {
    struct Place {
        std::size_t call, chunk;
    };
    std::map<std::size_t, Place> by_arrival;
    for (std::size_t c = 0; c < calls.size(); ++c) {
        for (std::size_t i = 0; i < calls[c].chunks.size(); ++i) {
            by_arrival[calls[c].datagram[i]] = {c, i};
        }
    }
    std::mt19937 random(seed);
    std::uniform_int_distribution<Micros> jitter(0, 1000);
    std::map<std::string, Micros> last;
    const Micros start = 1'800'000'000'000'000;
    for (const auto& [place, where] : by_arrival) {
        Chunk& chunk = calls[where.call].chunks[where.chunk];
        Micros& before = last[chunk.parser];
        const Micros arrival = start + static_cast<Micros>(place) * 20 + jitter(random);
        before = std::max(before + 1, arrival);
        chunk.ref_timestamp = before;
        if (chunk.flags.has(chunk::Flag::no_clock)) chunk.timestamp = before;
    }
}

TEST_P(Recorded, EveryCallIsExactWhenReplayedAtOnce) {
    auto calls = read_run(GetParam());
    // The calls of the load are alike: each of them is put in order once, above.
    if (calls.size() > 1000) calls.resize(calls.size() / 10);
    const unsigned seeds = calls.size() < 100 ? 5 : 1;
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        auto replayed = calls;
        replay_at_once(replayed, seed);
        expect_exact(replayed);
    }
}

/// Delivers all reports of one observer later, as if its link were late or its capture were
/// imported afterwards.
void deliver_late(std::vector<Call>& calls, const std::string& observer, Micros delay) {
    for (Call& call : calls) {
        for (Chunk& chunk : call.chunks) {
            if (chunk.observer != observer) continue;
            chunk.ref_timestamp = chunk.ref_timestamp.value_or(0) + delay;
            if (chunk.flags.has(chunk::Flag::no_clock)) chunk.timestamp = chunk.ref_timestamp;
        }
    }
}

std::vector<std::string> observers_of(const std::vector<Call>& calls) {
    std::set<std::string> observers;
    for (const Call& call : calls) {
        for (const Chunk& chunk : call.chunks) observers.insert(chunk.observer);
    }
    return {observers.begin(), observers.end()};
}

/// Both legs of each call, as one call: the leg that the B2BUA made names the other one in X-CID.
std::vector<Call> whole_calls(const std::string& run) {
    const auto legs = read_run(run);
    std::vector<Call> whole;
    for (const Call& b : legs) {
        const std::string& invite = b.chunks.front().message;
        const auto at = invite.find("X-CID: ");
        if (at == std::string::npos) continue;
        const auto end = invite.find("\r\n", at);
        const std::string id = invite.substr(at + 7, end - at - 7);
        const auto a =
            std::find_if(legs.begin(), legs.end(), [&](const Call& call) { return call.id == id; });
        if (a == legs.end()) continue;
        Call call{id, {}, {}, {}, {}, {}};
        using Row = std::tuple<Micros, const Call*, std::size_t>;
        std::vector<Row> rows;
        for (const Call* leg : {&*a, &b}) {
            for (std::size_t t = 0; t < leg->truth.size(); ++t) {
                rows.emplace_back(leg->truth[t].at, leg, t);
            }
        }
        std::stable_sort(rows.begin(), rows.end(), [](const Row& one, const Row& other) {
            return std::get<0>(one) < std::get<0>(other);
        });
        for (const auto& [sent, leg, t] : rows) {
            const auto is_shown = [t = t](std::size_t shows) { return shows == t; };
            for (std::size_t c = 0; c < leg->chunks.size(); ++c) {
                if (!is_shown(leg->shows[c])) continue;
                call.chunks.push_back(leg->chunks[c]);
                call.shows.push_back(call.truth.size());
            }
            if (std::any_of(leg->retransmits.begin(), leg->retransmits.end(), is_shown)) {
                call.retransmits.push_back(call.truth.size());
            }
            call.truth.push_back(leg->truth[t]);
        }
        whole.push_back(std::move(call));
    }
    return whole;
}

TEST(RecordedLegs, AreInOneOrder) {
    for (const std::string run : {"b2b_kam3_sofia3", "b2b_kam3_sofia3_skew"}) {
        const auto calls = whole_calls(run);
        EXPECT_EQ(calls.size(), 9U);
        // Kamailio's processes handle messages of two legs side by side, and stamp them afterwards.
        for (const Call& call : calls) {
            EXPECT_EQ(mistakes(call, order(call.chunks), 1'000), "") << call.id;
        }
    }
}

TEST(RecordedLegs, AreInOneOrderHoweverLateOneStreamComes) {
    for (const std::string run : {"b2b_kam3_sofia3", "b2b_kam3_sofia3_skew"}) {
        const auto calls = whole_calls(run);
        for (const std::string& observer : observers_of(calls)) {
            for (const Micros delay : {300'000LL, 3'000'000LL, 3'600'000'000LL}) {
                auto late = calls;
                deliver_late(late, observer, delay);
                for (const Call& call : late) {
                    EXPECT_EQ(mistakes(call, order(call.chunks), 1'000), "")
                        << call.id << ", " << observer << " by " << delay;
                }
            }
        }
    }
}

class RecordedByTwo : public Recorded {};

TEST_P(RecordedByTwo, EveryCallIsExactHoweverLateOneStreamComes) {
    const auto calls = read_run(GetParam());
    const auto observers = observers_of(calls);
    ASSERT_GE(observers.size(), 2U);
    for (const std::string& observer : observers) {
        for (const Micros delay : {300'000LL, 3'000'000LL, 40'000'000LL, 3'600'000'000LL}) {
            auto late = calls;
            deliver_late(late, observer, delay);
            for (const Call& call : late) {
                EXPECT_EQ(mistakes(call, order(call.chunks)), "")
                    << call.id << ", " << observer << " by " << delay;
            }
        }
    }
}
INSTANTIATE_TEST_SUITE_P(Runs, RecordedByTwo, testing::ValuesIn(shared_runs), run_name);

}  // namespace
}  // namespace ci::order::recorded
