// Recorded logs must agree with the HEP of the same process, and with the packet capture beside
// them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "hep/hep.h"
#include "logs/date_scan.h"
#include "logs/decoded.h"
#include "logs/freeswitch.h"
#include "support/places.h"
#include "support/recordings.h"

namespace ci::logs {
namespace {

/// For stamps without a date; a recording with dates tells its own.
const Calendar recorded_calendar = {utc({2026, 11, 21, 23 * one_hour}), utc, true};

struct RecordedLog {
    const char* run;
    const char* log;
    const char* local;
    const char* hep;  ///< the stream of the same process; empty: there is none
    std::size_t messages, events;
    wire::Micros clock_offset = 0;
};
void PrintTo(const RecordedLog& recorded, std::ostream* out) {
    *out << recorded.run << "/" << recorded.log;
}

const RecordedLog recorded_logs[] = {
    {"sofia_old_log", "uac.sofia.log", "127.0.0.40:5060", "", 21, 0},
    {"sofia_old_log", "uas.sofia.log", "127.0.0.30:5080", "", 21, 0},
    {"sofia_hep1", "uac.sofia.log", "127.0.0.40:5060", "uac", 21, 0},
    {"sofia_hep2", "uas.sofia.log", "127.0.0.30:5080", "uas", 21, 0},
    {"sofia_hep3", "uac.sofia.log", "127.0.0.40:5060", "uac", 21, 0},
    {"sofia_hep3", "uas.sofia.log", "127.0.0.30:5080", "uas", 21, 0},
    {"b2b_kam3_sofia3", "fs.sofia.log", "127.0.0.40:5060", "fs", 108, 0},
    {"b2b_kam3_sofia3_skew", "fs.sofia.log", "127.0.0.40:5060", "fs", 108, 0, -1'100'000},
    {"fs_misc_kazoo_hep2", "fs.freeswitch.log", "127.0.0.40:5060", "fs", 95, 67},
};

class RecordedFreeswitch : public testing::TestWithParam<RecordedLog> {
  protected:
    std::string log_ =
        test::read_whole(test::data("recordings/") + GetParam().run + "/" + GetParam().log);

    [[nodiscard]] Decoded decoded(std::size_t piece) const {
        DateScan scan;
        scan.take(log_);
        FreeswitchOptions options;
        options.local = *wire::parse_endpoint(GetParam().local);
        options.calendar = recorded_calendar;
        options.first_day = scan.first_day(recorded_calendar);
        return decode([&](RecordSink sink) { return freeswitch_decoder(options, std::move(sink)); },
                      log_, piece);
    }
    [[nodiscard]] std::vector<Kept> messages() const {
        auto records = decoded(log_.size()).records;
        std::erase_if(records, [](const Kept& kept) { return kept["kind"] != "message"; });
        return records;
    }
};

TEST_P(RecordedFreeswitch, HasEachMessageOfTheCaptureOnce) {
    const auto manifest = nlohmann::json::parse(
        test::read_whole(test::data("recordings/") + GetParam().run + "/manifest.json"));
    const auto records = messages();
    ASSERT_EQ(records.size(), GetParam().messages);
    std::set<std::size_t> found;
    for (const auto& call : manifest["calls"]) {
        for (const auto& message : call["messages"]) {
            if (!message["seen"].contains(GetParam().log)) continue;
            for (const std::size_t index : message["seen"][GetParam().log]) {
                ASSERT_LT(index, records.size());
                EXPECT_TRUE(found.insert(index).second);
                const auto& record = records[index];
                const auto& text = record["text"];
                EXPECT_EQ(text.substr(0, text.find("\r\n")), message["label"]);
                EXPECT_EQ(text.size(), message["bytes"]);
                const std::string& local = record["sent"] == "yes" ? record["src"] : record["dst"];
                EXPECT_EQ(local, GetParam().local);
                EXPECT_EQ(record["sent"] == "yes" ? record["dst"] : record["src"],
                          message[record["sent"] == "yes" ? "dst" : "src"]);
                EXPECT_EQ(record["truncated"], "no");
                const wire::Micros wire_us = message["wire_us"];
                EXPECT_LT(std::abs(record.at - GetParam().clock_offset - wire_us), 500'000);
            }
        }
    }
    EXPECT_EQ(found.size(), records.size());
}

/// Over TCP, HEP has parts of messages.
TEST_P(RecordedFreeswitch, HasEachMessageOctetByOctetAsHepHasIt) {
    if (*GetParam().hep == 0) return;
    std::map<std::string, int> seen;
    for (const auto& record : messages()) {
        if (record["protocol"] != "17") continue;
        const bool is_sent = record["sent"] == "yes";
        ++seen[(is_sent ? "to " + record["dst"] : "from " + record["src"]) + " " + record["text"]];
    }
    for (const auto& datagram :
         test::read_records(GetParam().run, std::string(GetParam().hep) + ".bin")) {
        const auto hep = hep::decode(wire::as_bytes(datagram.bytes), datagram.arrival);
        ASSERT_TRUE(hep);
        const auto text = " " + std::string(hep->payload);
        for (const auto& key : {"from " + wire::to_string(hep->source) + text,
                                "to " + wire::to_string(hep->destination) + text}) {
            if (seen.contains(key)) --seen[key];
        }
    }
    for (const auto& [text, count] : seen) EXPECT_EQ(count, 0) << text;
}

TEST_P(RecordedFreeswitch, IsTheSameInPieces) {
    const auto whole = decoded(log_.size());
    EXPECT_EQ(whole.records.size(), GetParam().messages + GetParam().events);
    for (const std::size_t piece : {1U, 1000U}) {
        EXPECT_EQ(decoded(piece), whole) << piece;
    }
}

TEST_P(RecordedFreeswitch, AccountsForEachLine) {
    const auto lines = decoded(1000).lines;
    EXPECT_EQ(sum_of(lines),
              static_cast<std::uint64_t>(std::count(log_.begin(), log_.end(), '\n')));
    EXPECT_EQ(lines.contains("other"), false);
    EXPECT_EQ(lines.contains("no_text"), false);
}

/// From where something was open, and from a little before it.
TEST_P(RecordedFreeswitch, IsTheSameIfAnotherDecoderGoesOn) {
    const auto whole = decoded(log_.size());
    for (std::size_t cut = 1; cut < log_.size(); cut += log_.size() / 29 + 1) {
        for (const std::uint64_t before : {0U, 5'000U}) {
            std::vector<Kept> records;
            const auto sink = [&](const Record& record) { records.push_back(keep(record)); };
            FreeswitchOptions options;
            options.local = *wire::parse_endpoint(GetParam().local);
            options.calendar = recorded_calendar;
            const auto first = freeswitch_decoder(options, sink);
            first->take(std::string_view(log_).substr(0, cut), 0);
            const auto open = first->begin_of_open();
            options.position = open - std::min(open, before);
            options.read_before = first->position();
            const auto rest = std::string_view(log_).substr(options.position);
            DateScan scan;
            scan.take(rest);
            options.first_day = scan.first_day(recorded_calendar);
            const auto second = freeswitch_decoder(options, sink);
            second->take(rest, 0);
            second->finish();
            ASSERT_EQ(records, whole.records) << cut;
            EXPECT_EQ(sum_of(counts_of(*first)) + sum_of(counts_of(*second)), sum_of(whole.lines));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Runs, RecordedFreeswitch, testing::ValuesIn(recorded_logs),
                         [](const auto& row) {
                             std::string name = std::string(row.param.run) + "_" + row.param.log;
                             std::replace(name.begin(), name.end(), '.', '_');
                             return name;
                         });

}  // namespace
}  // namespace ci::logs
