// A file of FreeSWITCH's that grows: what waits, for how long, and in how much memory.
#include <gtest/gtest.h>

#include "logs/date_scan.h"
#include "logs/decoded.h"
#include "logs/freeswitch.h"

namespace ci::logs {
namespace {

using namespace std::string_literals;

const std::string dash_line = std::string(72, '-') + "\n";

std::string stamp_line(std::size_t bytes, const std::string& time = "02:28:29.000001") {
    return "recv " + std::to_string(bytes) + " bytes from udp/[192.0.2.7]:5060 at " + time + ":\n";
}

class Growing : public testing::Test {
  protected:
    std::vector<Kept> seen_;
    std::unique_ptr<Decoder> decoder_ =
        freeswitch_decoder({{}, 0, {utc({2026, 11, 28, 0}), utc, true}, Level::info, {}},
                           [this](const Record& record) { seen_.push_back(keep(record)); });
};

TEST_F(Growing, HandsOverWhatIsCompleteAtOnce) {
    const auto block = stamp_line(11) + dash_line + "SIP/2.0 1\n";
    decoder_->take(block + "\n", 0);
    ASSERT_EQ(seen_.size(), 1U);
    EXPECT_EQ(decoder_->begin_of_open(), 0U) << "lines below may have older stamps";
    decoder_->take("id 2026-11-21 02:28:30.875042 [INFO] x.c:1 y\n", 0);
    EXPECT_EQ(seen_.size(), 1U) << "more lines may follow";
    EXPECT_EQ(decoder_->begin_of_open(), block.size() + 1);
    decoder_->take("id 2026-11-21 02:28:29.875042 [DEBUG] x.c:1 y\n", 0);
    EXPECT_EQ(seen_.size(), 2U);
}

TEST_F(Growing, NeverWaitsForMoreOfARecordOfSyslog) {
    const auto prefix = "2026-11-21T02:28:29.900000Z host freeswitch[3]: "s;
    const auto dashes = "#012" + std::string(72, '-') + "#012";
    auto stamp = stamp_line(400);
    stamp.pop_back();
    decoder_->take(prefix + stamp + dashes + "SIP/2.0 1#012Via: cut\n", 0);
    ASSERT_EQ(seen_.size(), 1U);
    EXPECT_EQ(seen_[0]["truncated"], "yes");
    decoder_->take(prefix + "id 2026-11-21 02:28:29.875042 [INFO] x.c:1 y#012z\n", 0);
    EXPECT_EQ(seen_.size(), 2U);
}

TEST_F(Growing, WaitsAShortTimeForWhatMayFollow) {
    decoder_->take(stamp_line(11) + dash_line + "SIP/2.0 1\n", 1'000'000);
    decoder_->wait(1'099'999);
    EXPECT_EQ(seen_.size(), 0U) << "an empty line may follow";
    EXPECT_EQ(decoder_->begin_of_open(), 0U);
    decoder_->wait(1'100'000);
    ASSERT_EQ(seen_.size(), 1U);
    EXPECT_EQ(seen_[0]["truncated"], "no");
    decoder_->take("id 2026-11-21 02:28:29.875042 [INFO] x.c:1 y\n", 1'200'000);
    decoder_->wait(1'300'000);
    ASSERT_EQ(seen_.size(), 2U);
    EXPECT_EQ(seen_[1]["label"], "y");
}

TEST_F(Growing, NeedsNoLineEndBehindTheLastOctet) {
    decoder_->take(stamp_line(9) + dash_line + "SIP/2.0 1", 1'000'000);
    decoder_->wait(1'100'000);
    ASSERT_EQ(seen_.size(), 1U);
    EXPECT_EQ(seen_[0]["text"], "SIP/2.0 1");
    EXPECT_EQ(seen_[0]["truncated"], "no");
    decoder_->take(stamp_line(9) + dash_line + "SIP/2.0 2\n" + stamp_line(9), 1'100'000);
    ASSERT_EQ(seen_.size(), 2U);
    EXPECT_EQ(seen_[1]["text"], "SIP/2.0 2");
}

TEST_F(Growing, GivesUpAfterTwoSeconds) {
    decoder_->take(stamp_line(100) + dash_line + "SIP/2.0 1\nVia", 1'000'000);
    decoder_->wait(2'999'999);
    EXPECT_EQ(seen_.size(), 0U);
    decoder_->wait(3'000'000);
    ASSERT_EQ(seen_.size(), 1U);
    EXPECT_EQ(seen_[0]["text"], "SIP/2.0 1\r\nVia");
    EXPECT_EQ(seen_[0]["truncated"], "yes");
    EXPECT_EQ(decoder_->begin_of_open(), decoder_->position());
    decoder_->take(": later\n" + stamp_line(11) + dash_line + "SIP/2.0 2\n\n", 3'000'001);
    ASSERT_EQ(seen_.size(), 2U);
    EXPECT_EQ(counts_of(*decoder_), (test::Expected{{"message", "8"}}));
}

TEST_F(Growing, ReadsWhatItReadTooFarAgain) {
    const auto whole = stamp_line(11) + dash_line + "SIP/2.0 2\n\n";
    decoder_->take(stamp_line(9'000) + dash_line + "SIP/2.0 1\n" + whole + whole, 1'000'000);
    EXPECT_EQ(seen_.size(), 0U);
    decoder_->wait(3'000'000);
    ASSERT_EQ(seen_.size(), 3U);
    EXPECT_EQ(seen_[2]["text"], "SIP/2.0 2\r\n");
    EXPECT_EQ(counts_of(*decoder_), (test::Expected{{"message", "11"}}));
}

TEST_F(Growing, GoesOnInTheNextFile) {
    decoder_->take(stamp_line(11, "23:59:59.000000") + dash_line + "SIP/", 0);
    decoder_->next_file({utc({2026, 11, 28, 0}), utc, false});
    EXPECT_EQ(seen_.size(), 0U);
    decoder_->take(stamp_line(11, "00:00:01.000000") + dash_line + "SIP/2.0 1\n\n", 0);
    decoder_->finish();
    ASSERT_EQ(seen_.size(), 2U);
    EXPECT_EQ(seen_[0]["text"], "SIP/");
    EXPECT_EQ(seen_[1].at - seen_[0].at, 2'000'000);
    EXPECT_EQ(seen_[1]["zone_unsure"], "no");
}

TEST_F(Growing, HoldsLittleWhateverALogClaims) {
    std::string lines;
    while (lines.size() < (1U << 20U)) lines += "a line of no meaning\n";
    decoder_->take(stamp_line(1U << 20U) + dash_line + lines + lines + lines, 0);
    ASSERT_EQ(seen_.size(), 1U) << "ended by its octets";
    EXPECT_LE(seen_[0]["text"].size(), 1U << 20U);
    decoder_->take(std::string(3U << 20U, 'x') + "\n", 0);
    decoder_->take("id 2026-11-21 02:28:29.875042 [INFO] x.c:1 y\n", 0);
    for (int i = 0; i < 3; ++i) decoder_->take(lines, 0);
    decoder_->finish();
    ASSERT_EQ(seen_.size(), 2U);
    EXPECT_EQ(seen_[1]["text"].size() / 1000, 65U);
    EXPECT_EQ(seen_[1]["truncated"], "yes");
    EXPECT_EQ(counts_of(*decoder_)["too_long"], "1");
}

TEST(Follow, ALogThatPretendsIsReadInTimeThatGrowsWithItsSize) {
    // Each stamp claims what follows; without a bound each line would be read 200 times.
    std::string log;
    for (int i = 0; i < 20'000; ++i) log += stamp_line(15'000) + dash_line;
    std::uint64_t truncated = 0;
    const auto decoder = freeswitch_decoder({}, [&](const Record&) { ++truncated; });
    decoder->take(log, 0);
    decoder->finish();
    EXPECT_EQ(sum_of(counts_of(*decoder)), 40'000U);
}

/// Lines of FreeSWITCH that are glued to a message's are handed on, not collected until its end.
TEST(Follow, AMessageThatNeverEndsCollectsNoOtherLines) {
    std::uint64_t events = 0;
    const auto decoder = freeswitch_decoder({}, [&](const Record&) { ++events; });
    decoder->take(
        "recv 1000000 bytes from udp/[192.0.2.7]:5060 at 00:00:00.000001:\n   " + dash_line, 0);
    const auto glued =
        "   x0a1b2c3d-1111-2222-3333-444455556666 2026-11-21 02:28:29.875042 [INFO] x "s;
    for (int i = 0; i < 20'000; ++i) decoder->take(glued + std::to_string(i) + "\n", 0);
    EXPECT_GT(events, 15'000U);
    decoder->finish();
    EXPECT_EQ(sum_of(counts_of(*decoder)), 20'002U);
    EXPECT_EQ(events, 20'001U);
}

std::optional<std::int64_t> first_day(std::string_view log, std::size_t piece) {
    DateScan scan;
    for (auto rest = log; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
        if (scan.take(rest.substr(0, piece))) break;
    }
    return scan.first_day({utc({2026, 11, 28, 12 * one_hour}), utc, true});
}

TEST(DateScan, CountsTheMidnightsAboveTheFirstDate) {
    const auto at = [](const char* time) {
        return stamp_line(11, time) + dash_line + "SIP/2.0 1\n\n";
    };
    const auto dated = "2026-11-21 00:10:00.000000 [INFO] x.c:1 y\n"s;
    const auto day = days_of(2026, 11, 21);
    const struct {
        std::string log;
        std::optional<std::int64_t> first;
    } cases[] = {
        {dated + at("10:00:00.000000"), day},
        {at("00:05:00.000000") + dated, day},
        {at("23:50:00.000000") + dated, day - 1},
        {at("23:50:00.000000") + at("00:05:00.000000") + dated, day - 1},
        {at("10:00:00.000000") + at("23:00:00.000000") + at("01:00:00.000000") +
             at("23:00:00.000000") + dated,
         day - 2},
        {at("09:00:00.000000"), days_of(2026, 11, 28)},
        {at("13:00:00.000000"), days_of(2026, 11, 27)},
        {at("23:00:00.000000") + at("01:00:00.000000"), days_of(2026, 11, 27)},
        {at("23:00:00.000000") + "2026-11-21T00:10:00Z host freeswitch[1]: x\n", day - 1},
        {"nothing\n", std::nullopt},
        {stamp_line(72 + 45) + dash_line + dated + at("10:00:00.000000"), day},
        {"", std::nullopt},
    };
    for (const auto& [log, first] : cases) {
        for (const std::size_t piece : {1U, 50U, 10'000U}) {
            EXPECT_EQ(first_day(log, piece), first) << log;
        }
    }
}

TEST(DateScan, GivesTheDecoderEachDay) {
    const auto log = stamp_line(11, "23:50:00.000000") + dash_line + "SIP/2.0 1\n\n" +
                     stamp_line(11, "00:05:00.000000") + dash_line + "SIP/2.0 1\n\n" +
                     "2026-11-21 00:10:00.000000 [INFO] x.c:1 y\n";
    FreeswitchOptions options;
    options.calendar = {utc({2026, 11, 28, 0}), utc, true};
    options.first_day = first_day(log, log.size());
    const auto decoded = decode(
        [&](RecordSink sink) { return freeswitch_decoder(options, std::move(sink)); }, log, 100);
    ASSERT_EQ(decoded.records.size(), 2U);
    EXPECT_EQ(decoded.records[0].at, utc({2026, 11, 20, 23 * one_hour + 50 * one_minute}));
    EXPECT_EQ(decoded.records[1].at, utc({2026, 11, 21, 5 * one_minute}));
}

TEST(Follow, AHourIsConvertedOnce) {
    int calls = 0;
    FreeswitchOptions options;
    options.calendar = {utc({2026, 11, 28, 0}),
                        [&](const CivilTime& time) {
                            ++calls;
                            return utc(time) - one_hour;
                        },
                        true};
    options.first_day = 20'000;
    std::string log;
    for (int i = 0; i < 100; ++i) log += stamp_line(11) + dash_line + "SIP/2.0 1\n\n";
    const auto decoded = decode(
        [&](RecordSink sink) { return freeswitch_decoder(options, std::move(sink)); }, log, 100);
    ASSERT_EQ(decoded.records.size(), 100U);
    EXPECT_EQ(decoded.records[0].at,
              20'000 * one_day + one_hour + 28 * one_minute + 29 * one_second + 1);
    EXPECT_EQ(calls, 1);
}

/// sofia-sip's buffer, since May 2019.
TEST(Follow, AMessageThatSofiaCutIsCutThere) {
    constexpr std::size_t printed = 15'999;
    const auto stamp = stamp_line(20'000);
    // The message's own, although its octets cannot tell it.
    const auto head = "MESSAGE sip:a@b SIP/2.0\n\n" + stamp_line(11) + dash_line + "SIP/2.0 9\n\n";
    const auto room = printed - stamp.size() - dash_line.size() - head.size();
    const auto next = stamp_line(11) + dash_line + "SIP/2.0 1\n\n";
    for (const std::string& end : {""s, "\n"s}) {
        const auto log = stamp + dash_line + head + std::string(room, 'x') + end + next;
        const auto decoded = decode(
            [&](RecordSink sink) { return freeswitch_decoder({}, std::move(sink)); }, log, 1'000);
        ASSERT_EQ(decoded.records.size(), 2U) << end.size();
        EXPECT_EQ(decoded.records[0]["truncated"], "yes");
        const auto lines = std::count(head.begin(), head.end(), '\n');
        EXPECT_EQ(decoded.records[0]["text"].size(),
                  head.size() + static_cast<std::size_t>(lines) + room);
        EXPECT_EQ(decoded.records[1]["text"], "SIP/2.0 1\r\n");
        EXPECT_EQ(std::stoull(decoded.records[1]["position"]), log.size() - next.size());
    }
}

/// mod_logfile's buffer.
TEST(Follow, ALineOfAChannelThatFilledItsBufferHasNoEnd) {
    auto line = "id 2026-11-21 02:28:29.875042 [INFO] x.c:1 y"s;
    line.resize(2'047, 'y');
    auto more = "id more "s;
    more.resize(2'047, 'y');
    for (const std::string& next : {stamp_line(11) + dash_line + "SIP/2.0 1\n\n",
                                    "id 2026-11-21 02:28:29.875042 [DEBUG] x.c:1 y\n"s}) {
        const auto decoded =
            decode([&](RecordSink sink) { return freeswitch_decoder({}, std::move(sink)); },
                   line + more + next, 1'000);
        ASSERT_GE(decoded.records.size(), 1U);
        EXPECT_EQ(decoded.records[0]["text"].size(), 2 * 2'047 - 30 - 3 + 2);
        EXPECT_EQ(decoded.records.size(), next.starts_with("recv") ? 2U : 1U);
        EXPECT_EQ(sum_of(decoded.lines),
                  static_cast<std::uint64_t>(std::count(next.begin(), next.end(), '\n')));
    }
}

}  // namespace
}  // namespace ci::logs
