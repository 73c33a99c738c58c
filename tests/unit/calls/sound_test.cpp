// What others tell of a call's media, and what stands at its ends.
#include <gtest/gtest.h>

#include "calls/findings/analysis.h"
#include "calls/findings/analysis_json.h"
#include "calls/messages.h"
#include "order/order.h"

namespace ci::calls {
namespace {

chunk::Chunk event(const std::string& name, const std::string& text, const std::string& hop,
                   const std::string& at = "5000") {
    chunk::Chunk chunk = test::chunk_of({{"at", at}, {"event", name}, {"hop", hop}});
    chunk.message = text;
    chunk.label = name;
    chunk.json = at + text;  // by which the order knows an event from another
    return chunk;
}

std::vector<chunk::Chunk> call_with(std::vector<chunk::Chunk> events,
                                    const std::string& agent = "a program") {
    std::vector<chunk::Chunk> chunks = {
        test::chunk_of({{"at", "0"}, {"is", "INVITE"}, {"User-Agent", agent}}),
        test::chunk_of({{"at", "900"}, {"is", "180"}, {"hop", "2>1"}, {"Server", agent}}),
        test::chunk_of({{"at", "3000"}, {"is", "200"}, {"hop", "2>1"}, {"Server", agent}}),
        test::chunk_of({{"at", "3010"}, {"is", "ACK"}, {"to_tag", "t"}}),
        test::chunk_of({{"at", "60000"}, {"is", "BYE"}, {"number", "2"}, {"to_tag", "t"}}),
        test::chunk_of(
            {{"at", "60010"}, {"is", "200"}, {"of", "BYE"}, {"number", "2"}, {"hop", "2>1"}})};
    chunks.insert(chunks.end(), events.begin(), events.end());
    return chunks;
}

Analysis analysed(const std::vector<chunk::Chunk>& chunks, const Rules& rules = {}) {
    const order::Flow flow = order::order(chunks);
    return analysis_of(course_of(chunks, flow, {}, rules), rules.findings, rules);
}

TEST(Sound, OfRtcpIsHowItsSenderHearsTheOtherEnd) {
    const auto chunks = call_with(
        {event("rtcp",
               R"({"ssrc":1,"type":201,"report_count":1,"report_blocks":[{"source_ssrc":2,)"
               R"("fraction_lost":64,"packets_lost":9,"ia_jitter":160,"lsr":"0","dlsr":0}]})",
               "10.0.0.1:4000>10.0.0.2:5000"),
         event("rtcp", R"({"type":200,"report_blocks":[{"fraction_lost":0,"ia_jitter":80}]})",
               "10.0.0.1:4000>10.0.0.2:5000", "10000")});
    const Analysis analysis = analysed(chunks);
    ASSERT_EQ(analysis.quality.size(), 1U);
    const Sound& sound = analysis.quality.front();
    EXPECT_EQ(sound.from, "10.0.0.2");
    EXPECT_EQ(sound.to, "10.0.0.1");
    EXPECT_EQ(sound.told_by, "10.0.0.1");
    EXPECT_DOUBLE_EQ(sound.loss.value(), 12.5);
    EXPECT_DOUBLE_EQ(sound.jitter.value(), 15);
    EXPECT_FALSE(sound.mos.has_value());
    EXPECT_EQ(sound.events.size(), 2U);
    ASSERT_EQ(analysis.findings.size(), 1U);
    EXPECT_EQ(analysis.findings.front().code, Code::low_quality);
    EXPECT_EQ(analysis.findings.front().host, "10.0.0.1");
    EXPECT_NE(analysis_json(analysis, false).find("\"loss_percent\":12.5"), std::string::npos);
}

TEST(Sound, OfAgentsReportsIsThatOfTheLastOneIfItIsOfTheWholeCall) {
    const std::string stream = R"("SRC_IP":"10.0.0.1","SRC_PORT":4000,"DST_IP":"10.0.0.2",)";
    const auto chunks = call_with(
        {event("report", "{" + stream + R"("MOS":1.5,"MEAN_MOS":1.5,"TYPE":"PERIODIC"})", "1>2"),
         event("report",
               "{" + stream +
                   R"("MOS":4.1,"MEAN_MOS":4.2,"MEAN_JITTER":2.5,"PACKET_LOSS":1,)"
                   R"("EXPECTED_PK":200,"TYPE":"HANGUP"})",
               "1>2", "61000")});
    const Analysis analysis = analysed(chunks);
    ASSERT_EQ(analysis.quality.size(), 1U);
    EXPECT_DOUBLE_EQ(analysis.quality.front().mos.value(), 4.2);
    EXPECT_DOUBLE_EQ(analysis.quality.front().loss.value(), 0.5);
    EXPECT_DOUBLE_EQ(analysis.quality.front().jitter.value(), 2.5);
    EXPECT_TRUE(analysis.findings.empty());
}

TEST(Sound, OfABorderControllerIsThatOfBothWays) {
    const auto chunks = call_with({event(
        "report",
        R"({"INC_MOS":410,"OUT_MOS":210,"CALLER_SRC_IP":"10.0.0.1","CALLER_DST_IP":"10.0.0.9",)"
        R"("CALLEE_SRC_IP":"10.0.0.2","CALLEE_DST_IP":"10.0.0.9","INC_RTP_PK":99,)"
        R"("INC_RTP_PK_LOSS":1,"OUT_RTP_PK":90,"OUT_RTP_PK_LOSS":10})",
        "1>2")});
    const Analysis analysis = analysed(chunks);
    ASSERT_EQ(analysis.quality.size(), 2U);
    EXPECT_DOUBLE_EQ(analysis.quality[0].mos.value(), 4.1);
    EXPECT_DOUBLE_EQ(analysis.quality[0].loss.value(), 1);
    EXPECT_EQ(analysis.quality[1].from, "10.0.0.2");
    EXPECT_DOUBLE_EQ(analysis.quality[1].loss.value(), 10);
}

TEST(Sound, OfAPhonesOwnReportIsHowItHearsTheOtherEnd) {
    const auto chunks = call_with(
        {event("report",
               "VQSessionReport: CallTerm\r\nCallID: call@example.com\r\nRemoteAddr:IP=10.0.0.2 "
               "PORT=5000 SSRC=1\r\nLocalMetrics:\r\nPacketLoss:NLR=7.0 JDR=0.0\r\n"
               "QualityEst:MOSLQ=2.1 MOSCQ=2.0\r\nRemoteMetrics:\r\nQualityEst:MOSCQ=4.4\r\n",
               "10.0.0.1:5060>10.0.0.9:5060", "61000")});
    const Analysis analysis = analysed(chunks);
    ASSERT_EQ(analysis.quality.size(), 1U);
    const Sound& sound = analysis.quality.front();
    EXPECT_EQ(sound.source, "RFC 6035");
    EXPECT_EQ(sound.told_by, "10.0.0.1");
    EXPECT_EQ(sound.from, "10.0.0.2");
    EXPECT_DOUBLE_EQ(sound.mos.value(), 2.0);
    EXPECT_DOUBLE_EQ(sound.loss.value(), 7);
    ASSERT_EQ(analysis.findings.size(), 1U);
    EXPECT_EQ(analysis.findings.front().code, Code::low_quality);
}

TEST(Sound, OfWhatIsNoReportIsNone) {
    const auto chunks = call_with(
        {event("rtcp", "{\"report_blocks\":[{\"fraction_lost\":-1e400},7,null]}", "1>2"),
         event("rtcp", "{\"report_blocks\":{}}", "1>2"), event("rtcp", "\x80\xc8", "1>2"),
         event("report", "[1]", "1>2"), event("report", "{\"MOS\":\"much\",\"SRC_IP\":7}", "1>2")});
    for (const Sound& sound : analysed(chunks).quality) {
        EXPECT_FALSE(sound.mos || sound.loss) << sound.source;
    }
}

TEST(Sound, IsToldOfSoManyStreamsOnly) {
    std::vector<chunk::Chunk> events;
    for (std::size_t i = 0; i < most_sounds + 5; ++i) {
        const std::string from = "10.1.0." + std::to_string(i) + ":4000";
        events.push_back(
            event("rtcp", R"({"report_blocks":[{"fraction_lost":0}]})", from + ">10.0.0.2:4000"));
    }
    EXPECT_EQ(analysed(call_with(events)).quality.size(), most_sounds);
}

TEST(Sound, IsBadFromTheLimitsOn) {
    const auto chunks = call_with({event("rtcp", R"({"report_blocks":[{"fraction_lost":26}]})",
                                         "10.0.0.1:4000>10.0.0.2:5000")});
    Rules rules;
    EXPECT_EQ(analysed(chunks, rules).findings.size(), 1U);
    rules.findings.high_loss = 20;
    EXPECT_TRUE(analysed(chunks, rules).findings.empty());
}

TEST(PartyTypes, AreThoseOfTheSettings) {
    Rules rules;
    rules.hosts.push_back({"trunk", {wire::parse_network("10.0.0.2").value()}});
    rules.carriers.names = {"trunk"};
    rules.phones.networks = {wire::parse_network("10.0.0.1/32").value()};
    const Analysis analysis = analysed(call_with({}), rules);
    EXPECT_EQ(analysis.originate_type, "phone");
    EXPECT_EQ(analysis.terminate_type, "carrier");
    EXPECT_NE(analysis_json(analysis, false).find("\"originate_type\":\"phone\""),
              std::string::npos);
}

TEST(PartyTypes, OfPhonesAreKnownByTheirUserAgents) {
    const Analysis analysis = analysed(call_with({}, "Yealink SIP-T46S 66.86.0.15"));
    EXPECT_EQ(analysis.originate_type, "phone");
    EXPECT_EQ(analysis.terminate_type, "phone");
}

TEST(PartyTypes, AreLeftOutWhereNothingTells) {
    const Analysis analysis = analysed(call_with({}));
    EXPECT_EQ(analysis.originate_type, "");
    EXPECT_EQ(analysis_json(analysis, false).find("_type"), std::string::npos);
}

}  // namespace
}  // namespace ci::calls
