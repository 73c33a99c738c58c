// What strangers write into Call-IDs and URIs, and what takes long.
#include <gtest/gtest.h>

#include "logs/decoded.h"
#include "logs/kamailio.h"
#include "logs/kamailio_records.h"
#include "logs/lines.h"

namespace ci::logs {
namespace {

constexpr wire::Micros noon = 1'796'000'000'000'000;

KamailioOptions limits_options() {
    KamailioOptions options;
    options.calendar = {noon, utc, true};
    return options;
}

std::string script_line(const std::string& rest) {
    return "2026-11-21T02:43:15.1Z h kamailio[7]: INFO: <script>: " + rest + "\n";
}

Decoded decode_all(std::string_view log) {
    return decode(
        [](RecordSink sink) { return kamailio_decoder(limits_options(), std::move(sink)); }, log,
        log.size(), noon);
}

TEST(KamailioLimits, ALineThatIsTooLongIsCounted) {
    const auto log = script_line("a@x|start|received udp request OPTIONS sip:" +
                                 std::string(Lines::longest, 'a')) +
                     script_line("b@x|start|received udp request OPTIONS sip:b");
    const auto decoded = decode_all(log);
    EXPECT_EQ(decoded.lines, (test::Expected{{"in_records", "1"}, {"too_long", "1"}}));
    EXPECT_EQ(decoded.records.size(), 1U);
}

TEST(KamailioLimits, ARecordsTextIsBounded) {
    std::string log = script_line("a@x|start|received udp request OPTIONS sip:a");
    for (int i = 0; i < 100; ++i) log += script_line("a@x|log|" + std::string(2000, 'x'));
    log += script_line("a@x|log|cseq 1 OPTIONS");
    const auto decoded = decode_all(log);
    ASSERT_EQ(decoded.records.size(), 1U);
    const auto& record = decoded.records.front();
    EXPECT_LE(record["text"].size(), KamailioRecords::max_text);
    EXPECT_EQ(record["truncated"], "yes");
    EXPECT_EQ(record["c_seq"], "1 OPTIONS") << "it is read nevertheless";
    EXPECT_EQ(decoded.lines.at("in_records"), "102");
}

TEST(KamailioLimits, OpenRecordsAreBoundedAndNoneIsLost) {
    std::size_t handed_over = 0;
    KamailioRecords records({}, [&](const Record&) { ++handed_over; });
    const auto open = [&](const std::string& call_id, const std::string& uri = "sip:a") {
        KamailioRecords::Line line;
        line.call_id = call_id;
        line.text = "received udp request OPTIONS sip:a";
        Saying saying;
        saying.is = Saying::Is::request;
        saying.method = "OPTIONS";
        saying.uri = uri;
        records.take(line, saying, noon);
    };
    constexpr std::size_t many = 3 * KamailioRecords::max_open;
    for (std::size_t i = 0; i < many; ++i) {
        open("flood" + std::to_string(i));
        EXPECT_LE(records.open(), KamailioRecords::max_open);
    }
    EXPECT_EQ(handed_over, many - KamailioRecords::max_open) << "the oldest goes first";
    constexpr std::size_t big = 20;
    for (std::size_t i = 0; i < big; ++i) {
        open(std::string(900'000, 'x') + std::to_string(i));
        EXPECT_LE(records.bytes(), KamailioRecords::max_bytes);
    }
    EXPECT_LT(records.open(), big);
    for (std::size_t i = 0; i < big; ++i) {
        open(std::to_string(i), std::string(900'000, 'u'));
        EXPECT_LE(records.bytes(), KamailioRecords::max_bytes);
    }
    EXPECT_LT(records.open(), big) << "URIs count, too";
    records.finish();
    EXPECT_EQ(handed_over, many + 2 * big);
    EXPECT_EQ(records.bytes(), 0U);
    EXPECT_EQ(records.counts().in_records, many + 2 * big);
}

TEST(KamailioLimits, RememberedRequestsAreBounded) {
    PassedRequests passed;
    const auto add = [&](const std::string& call, std::size_t size) {
        PassedRequest request;
        request.method = "INVITE";
        request.uri = std::string(size, 'u');
        passed.add(call, std::move(request));
    };
    for (std::size_t i = 0; i < PassedRequests::max_calls + 1000; ++i) add(std::to_string(i), 4);
    EXPECT_EQ(passed.size(), PassedRequests::max_calls);
    Saying reply;
    reply.code = "180";
    EXPECT_EQ(passed.answered_by("999", reply, "", "").request, nullptr) << "the oldest went";
    EXPECT_NE(passed.answered_by("1000", reply, "", "").request, nullptr);
    for (std::size_t i = 0; i < 100; ++i) {
        add("big" + std::to_string(i), 1'000'000);
        EXPECT_LE(passed.bytes(), PassedRequests::max_bytes);
    }
    for (std::size_t i = 0; i < 100; ++i) {
        add("one call", 1'000'000);
        EXPECT_LE(passed.bytes(), PassedRequests::max_bytes);
    }
    EXPECT_EQ(passed.answered_by("big99", reply, "", "").is_sure, true);
}

TEST(KamailioLimits, LongLinesOfBarsTakeNoLonger) {
    const std::string bars(Lines::longest / 16, '|');
    for (const auto& text :
         {bars, "a@x" + bars, bars + "a:1 (b) ", std::string("|a|b:1 (c") + bars}) {
        decode_all("Nov 21 02:43:15 h kamailio[7]: INFO: " + text + "\n" + script_line(text));
    }
}

TEST(KamailioLimits, WhatWaitsIsHandedOverAfterTwoSeconds) {
    std::size_t records = 0;
    const auto decoder = kamailio_decoder(limits_options(), [&](const Record&) { ++records; });
    decoder->take(script_line("a@x|start|received udp request OPTIONS sip:a"), noon);
    decoder->take(script_line("b@x|start|received udp request OPTIONS sip:a"), noon + one_second);
    decoder->wait(noon + 2 * one_second - 1);
    EXPECT_EQ(records, 0U);
    decoder->wait(noon + 2 * one_second);
    EXPECT_EQ(records, 1U);
    decoder->wait(noon + 3 * one_second);
    EXPECT_EQ(records, 2U);
    EXPECT_EQ(decoder->begin_of_open(), decoder->position());
}

TEST(KamailioLimits, ARecordMayGoOnInTheNextFile) {
    std::vector<Kept> records;
    const auto decoder = kamailio_decoder(
        limits_options(), [&](const Record& record) { records.push_back(keep(record)); });
    decoder->take(script_line("a@x|start|received udp request OPTIONS sip:a"), noon);
    decoder->take("2026-11-21T02:43:15.1Z h kamailio[7]: INFO: <script>: a@x|log|cseq 1 OPTIONS",
                  noon);
    decoder->next_file(limits_options().calendar);
    decoder->take(script_line("a@x|log|source 198.51.100.7:5060 -> 192.0.2.1:5060"), noon);
    decoder->finish();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0]["c_seq"], "1 OPTIONS") << "of a last line without an end";
    EXPECT_EQ(records[0]["src"], "198.51.100.7:5060");
    EXPECT_EQ(sum_of(counts_of(*decoder)), 3U);
}

TEST(KamailioLimits, AFollowedLogPassesTheYearsTurn) {
    std::vector<Kept> records;
    auto options = limits_options();
    options.calendar.newest = utc({2026, 12, 31, 0});
    const auto decoder =
        kamailio_decoder(options, [&](const Record& record) { records.push_back(keep(record)); });
    const auto line = [](const std::string& stamp) {
        return stamp + " h kamailio[7]: INFO: <script>: " + stamp +
               "|start|received udp request OPTIONS sip:a\n";
    };
    decoder->take(line("Dec 30 23:00:00"), noon);
    decoder->take(line("Jan  2 00:00:00"), noon + 3 * one_day);
    decoder->finish();
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].at, utc({2026, 12, 30, 23 * one_hour}));
    EXPECT_EQ(records[1].at, utc({2027, 1, 2, 0}));
}

}  // namespace
}  // namespace ci::logs
