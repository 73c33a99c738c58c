#include <gtest/gtest.h>

#include "chunk/chunk.h"

namespace {

using namespace std::literals;
using namespace ci;
using chunk::Chunk;
using chunk::Draft;
using chunk::Reason;

constexpr auto message =
    "OPTIONS sip:a@b SIP/2.0\r\nCall-ID: x@y\r\nCSeq: 9 OPTIONS\r\nContent-Length: 0\r\n\r\n"sv;

Draft draft_of(std::string_view octets) {
    Draft draft;
    draft.call_id = "x@y";
    draft.parser = "127.0.0.1:9060";
    draft.observer = "192.0.2.9#101@127.0.0.1:9060";
    draft.src = *wire::parse_endpoint("192.0.2.1:5060");
    draft.dst = *wire::parse_endpoint("[2001:db8::1]:5080");
    draft.timestamp = 1'795'225'910'376'824;
    draft.ref_timestamp = 1'795'225'913'576'900;
    draft.label = octets.substr(octets.find_first_not_of("\r\n"));
    draft.label = draft.label.substr(0, draft.label.find_first_of("\r\n"));
    draft.c_seq = "9 OPTIONS";
    draft.message = octets;
    draft.capture_id = 101;
    draft.hep_version = 3;
    draft.ip_protocol = 17;
    return draft;
}

std::string line_of(const Draft& draft) {
    std::string line;
    append_line(draft, line);
    return line;
}

TEST(ChunkLine, IsKazoosObjectWithFurtherMembers) {
    EXPECT_EQ(line_of(draft_of(message)),
              R"({"call-id":"x@y","timestamp":63962445110.376824,)"
              R"("ref_timestamp":"63962445113.576900","label":"OPTIONS sip:a@b SIP/2.0",)"
              R"("raw":["OPTIONS sip:a@b SIP/2.0","Call-ID: x@y","CSeq: 9 OPTIONS",)"
              R"("Content-Length: 0"],"crlfs":2,"src":"192.0.2.1:5060",)"
              R"("dst":"[2001:db8::1]:5080","parser":"127.0.0.1:9060","c_seq":"9 OPTIONS",)"
              R"("observer":"192.0.2.9#101@127.0.0.1:9060","capture_id":101,"hep":3,)"
              R"("transport":"udp"})"
              "\n");
}

TEST(ChunkLine, LeavesOutWhatIsNotKnown) {
    Draft draft = draft_of(message);
    draft.src = draft.dst = {};
    draft.c_seq = draft.observer = {};
    draft.capture_id.reset();
    draft.hep_version = draft.ip_protocol = 0;
    draft.flags.set(chunk::Flag::no_clock);
    draft.flags.set(chunk::Flag::unknown_endpoint);
    const std::string line = line_of(draft);
    for (const auto* key : {"src", "dst", "c_seq", "observer", "capture_id", "hep", "transport",
                            "correlation_id", "payload"}) {
        EXPECT_EQ(line.find("\""s + key + "\":"), std::string::npos) << key;
    }
    EXPECT_NE(line.find(R"("flags":["no_clock","unknown_endpoint"])"), std::string::npos);
}

TEST(ChunkLine, IsReadBackAsItWasWritten) {
    const Draft draft = draft_of(message);
    const std::string line = line_of(draft);
    const auto chunk = chunk::read_line(line);
    ASSERT_TRUE(chunk);
    EXPECT_EQ(chunk->call_id, "x@y");
    EXPECT_EQ(chunk->parser, draft.parser);
    EXPECT_EQ(chunk->observer, draft.observer);
    EXPECT_EQ(chunk->src, "192.0.2.1:5060");
    EXPECT_EQ(chunk->dst, "[2001:db8::1]:5080");
    EXPECT_EQ(chunk->timestamp, draft.timestamp);
    EXPECT_EQ(chunk->ref_timestamp, draft.ref_timestamp);
    EXPECT_EQ(chunk->label, draft.label);
    EXPECT_EQ(chunk->c_seq, draft.c_seq);
    EXPECT_EQ(chunk->message, message);
    EXPECT_EQ(chunk->json + "\n", line);
}

struct Octets {
    const char* name;
    std::string_view bytes;
};
class MessagesComeBack : public testing::TestWithParam<Octets> {};

const Octets octets[] = {
    {"without_any_line_end", "BYE a SIP/2.0"sv},
    {"with_line_feeds_only", "BYE a SIP/2.0\nCall-ID: x\n\n"sv},
    {"with_many_line_ends", "BYE a SIP/2.0\r\n\r\n\r\n\r\n\r\n"sv},
    {"with_a_line_end_in_front", "\r\n\r\nBYE a SIP/2.0\r\n\r\n"sv},
    {"with_a_body", "BYE a SIP/2.0\r\n\r\nv=0\r\ns=-\r\n"sv},
    {"with_a_body_without_line_end", "BYE a SIP/2.0\r\n\r\nv=0"sv},
    {"with_quotes_and_controls", "BYE \"a\\b\" SIP/2.0\r\n\t\x01\x1f\x7f\r\n\r\n"sv},
    {"with_nul_in_the_body", "BYE a SIP/2.0\r\n\r\n\0\0x\0"sv},
    {"with_utf8",
     "BYE a SIP/2.0\r\nSubject: gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x93\x9e\r\n\r\n"sv},
    {"with_latin1", "BYE a SIP/2.0\r\nSubject: gr\xfc\xdf\r\n\r\n"sv},
    {"with_utf8_cut_short", "BYE a SIP/2.0\r\n\r\n\xf0\x9f\x93"sv},
    {"with_overlong_utf8", "BYE a SIP/2.0\r\n\r\n\xc0\x80\xe0\x80\x80"sv},
    {"with_a_surrogate", "BYE a SIP/2.0\r\n\r\n\xed\xa0\x80"sv},
    {"with_every_high_byte", "BYE a SIP/2.0\r\n\r\n\x80\x81\xbf\xc1\xf5\xfe\xff"sv},
};

TEST_P(MessagesComeBack, OctetForOctet) {
    const std::string line = line_of(draft_of(GetParam().bytes));
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto chunk = chunk::read_line(line);
    ASSERT_TRUE(chunk) << line;
    EXPECT_EQ(chunk->message, GetParam().bytes);
}
INSTANTIATE_TEST_SUITE_P(Written, MessagesComeBack, testing::ValuesIn(octets),
                         [](const auto& row) { return row.param.name; });

struct Refused {
    const char* name;
    std::string_view line;
    Reason reason;
};
class LinesAreRefused : public testing::TestWithParam<Refused> {};

const Refused refused[] = {
    {"empty", ""sv, Reason::not_json},
    {"torn", R"({"call-id":"x","label":"BY)"sv, Reason::not_json},
    {"with_a_nul_behind", "{\"label\":\"BYE\"}\0x"sv, Reason::not_json},
    {"two_in_one", R"({"label":"BYE"}{"label":"BYE"})"sv, Reason::not_json},
    {"array", R"([{"label":"BYE"}])"sv, Reason::not_json},
    {"number", "1"sv, Reason::not_json},
    {"nothing_in_it", "{}"sv, Reason::not_a_chunk},
    {"label_of_a_wrong_type", R"({"label":1,"raw":{}})"sv, Reason::not_a_chunk},
    {"label_further_in", R"({"x":{"label":"BYE"},"y":[["raw"]]})"sv, Reason::not_a_chunk},
};
TEST_P(LinesAreRefused, SayingWhy) {
    const auto chunk = chunk::read_line(GetParam().line);
    ASSERT_FALSE(chunk);
    EXPECT_EQ(chunk.error().reason, GetParam().reason);
    EXPECT_LE(chunk.error().at, GetParam().line.size());
}
INSTANTIATE_TEST_SUITE_P(Read, LinesAreRefused, testing::ValuesIn(refused),
                         [](const auto& row) { return row.param.name; });

TEST(ChunkLine, ReadsWhatKazooWrote) {
    const auto chunk = chunk::read_line(
        R"({"call-id":"a","timestamp":63867219200,"ref_timestamp":"63962450204.66658",)"
        R"("raw":["BYE sip:a SIP/2.0","CSeq: 1 BYE"],"src":"::1:5060","parser":"p"})");
    ASSERT_TRUE(chunk);
    EXPECT_EQ(chunk->timestamp, 1'700'000'000'000'000);
    EXPECT_EQ(chunk->ref_timestamp, 1'795'231'004'666'580);
    EXPECT_EQ(chunk->label, "BYE sip:a SIP/2.0");
    EXPECT_EQ(chunk->observer, "p") << "where nothing else tells clocks apart, the parser does";
    EXPECT_EQ(chunk->message, "BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n");
}

TEST(ChunkLine, AnAnswerReadAgainLosesItsRetransmissionNumber) {
    const auto chunk = chunk::read_line(
        R"({"label":"BYE","timestamp":63962445110.376824,"retransmission":2,"x":[{}]})");
    ASSERT_TRUE(chunk);
    EXPECT_EQ(chunk->json, R"({"label":"BYE","timestamp":63962445110.376824,"x":[{}]})");
}

TEST(ChunkLine, APrettyPrintedObjectIsAnsweredAsOneLine) {
    const auto chunk = chunk::read_line("{\n  \"label\": \"BYE\"\r\n}");
    ASSERT_TRUE(chunk);
    EXPECT_EQ(chunk->json, "{   \"label\": \"BYE\"  }");
}

TEST(SplitArray, GivesEachElementAsItStands) {
    const auto elements = chunk::split_array(R"( [ {"a":"],\"["} , [1,[2]],3 ] )");
    ASSERT_TRUE(elements);
    EXPECT_EQ(*elements, (std::vector{R"({"a":"],\"["})"sv, "[1,[2]]"sv, "3"sv}));
    EXPECT_TRUE(chunk::split_array("[]")->empty());
    for (const auto text :
         {""sv, "{}"sv, "[1"sv, "[1] 2"sv, "[1,]"sv, "\"[]\""sv, "[]\0"sv, "[[]]\0 \"|\\"sv}) {
        EXPECT_FALSE(chunk::split_array(text)) << text;
    }
}

}  // namespace
