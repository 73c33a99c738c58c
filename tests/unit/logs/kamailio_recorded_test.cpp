// Recorded logs beside what a packet capture of the same minutes holds.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "logs/decoded.h"
#include "logs/kamailio.h"
#include "support/places.h"
#include "support/recordings.h"

namespace ci::logs {
namespace {

using nlohmann::json;

constexpr wire::Micros read_at = 1'796'000'000'000'000;
const std::string recordings = test::data("recordings/");

KamailioOptions recorded_options() {
    KamailioOptions options;
    options.local = *wire::parse_endpoint("127.0.0.10:5060");
    options.calendar = {read_at, utc, true};
    return options;
}

std::unique_ptr<Decoder> recorded_decoder(RecordSink sink) {
    return kamailio_decoder(recorded_options(), std::move(sink));
}

Decoded decode_recorded(std::string_view log, std::size_t piece) {
    return decode(recorded_decoder, log, piece, read_at);
}

/// What was on the wire, and which of it is in records.
class Wire {
  public:
    explicit Wire(const std::string& run) {
        const auto manifest = json::parse(test::read_whole(recordings + run + "/manifest.json"));
        for (const auto& call : manifest["calls"]) {
            auto& messages = calls_[call["call_id"].get<std::string>()];
            for (const auto& m : call["messages"]) {
                messages.push_back({m["src"], m["dst"], m["label"], m["cseq"], m["wire_us"]});
            }
        }
    }
    /// Takes the message that the record is of. False: there is none.
    bool take(const Kept& record, wire::Micros tolerance) {
        Message* best = nullptr;
        for (auto& message : calls_[record["call_id"]]) {
            if (message.is_taken || message.src != record["src"] || message.dst != record["dst"] ||
                message.c_seq != record["c_seq"] || !has_label(message, record) ||
                distance(message, record) > tolerance) {
                continue;
            }
            if (best == nullptr || distance(message, record) < distance(*best, record)) {
                best = &message;
            }
        }
        if (best == nullptr) return false;
        best->is_taken = true;
        return true;
    }

  private:
    struct Message {
        std::string src, dst, label, c_seq;
        wire::Micros at = 0;
        bool is_taken = false;
    };
    static wire::Micros distance(const Message& message, const Kept& record) {
        return std::abs(message.at - record.at);
    }
    /// The log does not tell that a registrar has replaced the URI of what it passes on.
    static bool has_label(const Message& message, const Kept& record) {
        if (message.label == record["label"]) return true;
        return record["sent"] == "yes" && message.label.ends_with(" SIP/2.0") &&
               message.label.starts_with(record["method"] + " ");
    }
    std::map<std::string, std::vector<Message>> calls_;
};

std::size_t records_on_the_wire(const std::string& run, const std::string& file,
                                wire::Micros tolerance) {
    const auto log = test::read_whole(recordings + run + "/" + file);
    const auto decoded = decode_recorded(log, log.size());
    Wire wire(run);
    for (const auto& record : decoded.records) {
        EXPECT_EQ(record["kind"], "observed");
        EXPECT_TRUE(wire.take(record, tolerance)) << testing::PrintToString(record);
    }
    EXPECT_EQ(sum_of(decoded.lines),
              static_cast<std::uint64_t>(std::count(log.begin(), log.end(), '\n')));
    return decoded.records.size();
}

constexpr wire::Micros of_iso = one_second / 5;  // rsyslog stamps what it reads

TEST(KamailioRecorded, EveryRecordWasOnTheWire) {
    EXPECT_EQ(records_on_the_wire("kazoo_log_4.2", "kamailio.iso.log", of_iso), 273U);
}

TEST(KamailioRecorded, InWholeSecondsAsWell) {
    EXPECT_EQ(records_on_the_wire("kazoo_log_4.2", "kamailio.log", one_second + of_iso), 273U);
}

TEST(KamailioRecorded, FailuresBehindARealFreeSwitch) {
    EXPECT_EQ(records_on_the_wire("fs_fail_xcid_skew+0.4s", "kamailio.iso.log", of_iso), 127U);
}

TEST(KamailioRecorded, PiecesDoNotMatter) {
    const auto log = test::read_whole(recordings + "kazoo_log_4.2/kamailio.iso.log");
    const auto whole = decode_recorded(log, log.size());
    for (const std::size_t piece : {1U, 13U, 4096U, 65'536U}) {
        EXPECT_TRUE(decode_recorded(log, piece) == whole) << piece;
    }
}

struct Resumed {
    std::vector<Kept> records;
    std::uint64_t lines = 0;
};

/// One decoder reads until `cut`; another begins `back` octets before what is open.
Resumed resume(std::string_view log, std::size_t cut, std::size_t back) {
    Resumed resumed;
    const RecordSink sink = [&](const Record& record) { resumed.records.push_back(keep(record)); };
    const auto first = recorded_decoder(sink);
    first->take(log.substr(0, cut), read_at);
    auto options = recorded_options();
    options.read_before = first->position();
    options.position = first->begin_of_open() - std::min(back, first->begin_of_open());
    const auto second = kamailio_decoder(options, sink);
    second->take(log.substr(options.position), read_at);
    second->finish();
    resumed.lines = sum_of(counts_of(*first)) + sum_of(counts_of(*second));
    return resumed;
}

TEST(KamailioRecorded, AnotherDecoderGoesOnAnywhere) {
    const auto log = test::read_whole(recordings + "kazoo_log_4.2/kamailio.iso.log");
    const auto whole = decode_recorded(log, log.size());
    std::minstd_rand random(1);
    for (int i = 0; i < 12; ++i) {
        const std::size_t cut = random() % log.size();
        const auto resumed = resume(log, cut, 30'000);
        EXPECT_TRUE(resumed.records == whole.records) << "cut at " << cut;
        EXPECT_EQ(resumed.lines, sum_of(whole.lines)) << "cut at " << cut;
    }
}

TEST(KamailioRecorded, WhatIsOpenAtTheEndIsHandedOverByTheDecoderThatEndsIt) {
    const std::string log =
        "2026-11-21T02:43:15Z h kamailio[7]: INFO: <script>: a@x|start|received udp request "
        "OPTIONS "
        "sip:a\n";
    EXPECT_TRUE(resume(log, log.size(), 0).records == decode_recorded(log, log.size()).records);
}

TEST(KamailioRecorded, WithoutEarlierLinesItKnowsTheSameMessages) {
    const auto log = test::read_whole(recordings + "kazoo_log_4.2/kamailio.iso.log");
    const auto whole = decode_recorded(log, log.size());
    std::minstd_rand random(2);
    for (int i = 0; i < 12; ++i) {
        const std::size_t cut = random() % log.size();
        const auto resumed = resume(log, cut, 0);
        ASSERT_EQ(resumed.records.size(), whole.records.size()) << "cut at " << cut;
        for (std::size_t n = 0; n < whole.records.size(); ++n) {
            EXPECT_EQ(resumed.records[n]["position"], whole.records[n]["position"]);
            EXPECT_EQ(resumed.records[n]["label"], whole.records[n]["label"]);
        }
    }
}

}  // namespace
}  // namespace ci::logs
