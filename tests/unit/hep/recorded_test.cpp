// Recorded datagrams must agree with the packet capture beside them, and no part or variant of them
// may do harm.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "hep/encode.h"
#include "hep/hep.h"
#include "support/places.h"
#include "support/recordings.h"

namespace ci::hep {
namespace {

const char* const hep_runs[] = {
    "b2b_kam3_sofia3", "b2b_kam3_sofia3_skew", "kam2_hep2_skew-3.2s", "kam2_hep3_skew-3.2s",
    "kam_hep1_mode1",  "kam_hep2_mode1",       "kam_hep2_mode1_ipv6", "kam_hep3_kazoo",
    "kam_hep3_mode1",  "osips_hep2_udp",       "osips_hep3_udp",      "osips_hep3_tcp_homer6json",
    "sofia_hep1",      "sofia_hep2",           "sofia_hep3",
};

nlohmann::json read_manifest(const std::string& run) {
    return nlohmann::json::parse(
        test::read_whole(test::data("recordings/") + run + "/manifest.json"));
}

/// "+2.4s", "-3.2s", "0"
wire::Micros clock_offset(const std::string& text) {
    return static_cast<wire::Micros>(std::stod(text) * 1'000'000.0);
}

class RecordedRun : public testing::TestWithParam<const char*> {};

TEST_P(RecordedRun, SaysWhatWasOnTheWire) {
    const std::string run = GetParam();
    const auto manifest = read_manifest(run);
    for (const auto& sender : manifest["senders"]) {
        const std::string name = sender["name"];
        const auto records = test::read_records(run, sender["file"]);
        ASSERT_EQ(records.size(), sender["datagrams"]);
        std::map<int, std::size_t> versions, types;
        for (const auto& record : records) {
            const auto capture = decode(wire::as_bytes(record.bytes), record.arrival);
            ASSERT_TRUE(capture);
            EXPECT_FALSE(capture->damage);
            EXPECT_FALSE(capture->bad_time);
            EXPECT_EQ(capture->size, record.bytes.size());
            EXPECT_EQ(capture->version, sender["hep_version"]);
            EXPECT_EQ(capture->captured_at.has_value(), capture->version != 1);
            EXPECT_EQ(capture->capture_id.has_value(), capture->version != 1);
            if (capture->capture_id) {
                EXPECT_EQ(*capture->capture_id, sender["capture_id"]);
            }
            if (capture->captured_at) {
                const auto late =
                    *capture->captured_at - record.arrival - clock_offset(sender["clock_offset"]);
                EXPECT_LT(std::abs(late), 100'000);
            }
            ++types[capture->payload_type ? static_cast<int>(*capture->payload_type) : -1];
        }
        for (const auto& [type, count] : sender["payload_types"].items()) {
            EXPECT_EQ(types[std::stoi(type)], count) << "payload type " << type;
        }
        std::size_t seen = 0;
        for (const auto& call : manifest["calls"]) {
            for (const auto& message : call["messages"]) {
                if (!message["seen"].contains(name)) continue;
                for (const std::size_t index : message["seen"][name]) {
                    const auto capture =
                        decode(wire::as_bytes(records.at(index).bytes), records.at(index).arrival);
                    EXPECT_EQ(wire::to_string(capture->source), std::string(message["src"]));
                    EXPECT_EQ(wire::to_string(capture->destination), std::string(message["dst"]));
                    const std::string label = message["label"];
                    EXPECT_TRUE(capture->payload.starts_with(label + "\r\n") ||
                                capture->payload.starts_with("{\n\t\"payload\":\t\"" + label));
                    ++seen;
                }
            }
        }
        EXPECT_GT(seen, 20U);
    }
}

TEST_P(RecordedRun, IsWrittenAsItIsRead) {
    const std::string run = GetParam();
    const auto manifest = read_manifest(run);
    for (const auto& sender : manifest["senders"]) {
        for (const auto& record : test::read_records(run, sender["file"])) {
            const auto capture = decode(wire::as_bytes(record.bytes), record.arrival);
            ASSERT_TRUE(capture);
            const auto written = encode(*capture);
            ASSERT_TRUE(written);
            const auto again = decode(wire::as_bytes(*written), record.arrival);
            ASSERT_TRUE(again);
            EXPECT_EQ(again->source, capture->source);
            EXPECT_EQ(again->destination, capture->destination);
            EXPECT_EQ(again->captured_at, capture->captured_at);
            EXPECT_EQ(again->capture_id, capture->capture_id);
            EXPECT_EQ(again->correlation_id, capture->correlation_id);
            EXPECT_EQ(again->payload_type, capture->payload_type);
            EXPECT_EQ(again->payload, capture->payload);
        }
    }
}

/// Any bytes give a capture whose views lie within them, or a reason with a place in them.
void expect_total(const std::string& bytes, wire::Micros arrival) {
    // A heap block of exactly this size, so that AddressSanitizer reports a read beyond it.
    const std::vector<char> exact(bytes.begin(), bytes.end());
    const std::string_view whole(exact.data(), exact.size());
    const auto capture = decode(wire::as_bytes(whole), arrival);
    if (!capture) {
        ASSERT_LE(capture.error().at, whole.size());
        return;
    }
    ASSERT_LE(capture->size, whole.size());
    for (const auto view : {capture->payload, capture->correlation_id, capture->agent_name}) {
        if (view.empty()) continue;
        ASSERT_GE(view.data(), whole.data());
        ASSERT_LE(view.data() + view.size(), whole.data() + whole.size());
    }
    if (capture->damage) {
        ASSERT_LE(capture->damage->at, whole.size());
    }
}

/// One stream of each sender, version and family is enough: others only differ in their texts.
struct Stream {
    const char* name;
    const char* run;
    const char* file;
};
void PrintTo(const Stream& row, std::ostream* out) {
    *out << row.run;
}

const Stream streams[] = {
    {"KamailioHep1", "kam_hep1_mode1", "p1.bin"},
    {"KamailioHep2", "kam_hep2_mode1", "p1.bin"},
    {"KamailioHep2Ipv6", "kam_hep2_mode1_ipv6", "p1.bin"},
    {"KamailioHep3", "kam_hep3_mode1", "p1.bin"},
    {"SofiaHep2", "sofia_hep2", "uac.bin"},
    {"SofiaHep3", "sofia_hep3", "uac.bin"},
    {"OpensipsHep2", "osips_hep2_udp", "o1.bin"},
    {"OpensipsHep3", "osips_hep3_udp", "o1.bin"},
};

class RecordedStream : public testing::TestWithParam<Stream> {};

TEST_P(RecordedStream, MayBeCutAnywhere) {
    const auto records = test::read_records(GetParam().run, GetParam().file);
    for (std::size_t i = 0; i < records.size(); i += 7) {
        for (std::size_t size = 0; size < records[i].bytes.size(); ++size) {
            expect_total(records[i].bytes.substr(0, size), records[i].arrival);
        }
    }
}

TEST_P(RecordedStream, MayHaveAnyByteWrong) {
    const auto records = test::read_records(GetParam().run, GetParam().file);
    for (std::size_t i = 0; i < records.size(); i += 31) {
        // Behind its head the packet is one text.
        const std::size_t interesting = std::min<std::size_t>(records[i].bytes.size(), 130);
        for (std::size_t at = 0; at < interesting; ++at) {
            for (const int change : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff}) {
                std::string bytes = records[i].bytes;
                bytes[at] = static_cast<char>(bytes[at] ^ change);
                expect_total(bytes, records[i].arrival);
            }
            for (const char value : {'\0', '\x7f', '\xff'}) {
                std::string bytes = records[i].bytes;
                bytes[at] = value;
                expect_total(bytes, records[i].arrival);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Senders, RecordedStream, testing::ValuesIn(streams),
                         [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(Runs, RecordedRun, testing::ValuesIn(hep_runs), [](const auto& row) {
    std::string name = row.param;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    return name;
});

}  // namespace
}  // namespace ci::hep
