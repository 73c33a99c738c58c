#include <gtest/gtest.h>

#include "chunk/members.h"

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

TEST(ChunkLine, IsWrittenWithThePlaceOfItsCallId) {
    Draft draft = draft_of(message);
    std::string lines;
    for (const auto& [call_id, text] :
         {std::pair("x@y"sv, "x@y"sv), std::pair("a\"b\\"sv, R"(a\"b\\)"sv),
          std::pair("\xfc\x01"sv, "\xc3\xbc\\u0001"sv)}) {
        draft.call_id = call_id;
        const auto place = append_line(draft, lines);  // behind the lines before it
        EXPECT_EQ(lines.substr(place.at, place.size), text);
    }
}

TEST(ChunkLine, TellsWhereACaptureTookIt) {
    Draft draft = draft_of(message);
    draft.trace = {65'535, 63, "020000000001>020000000002/100"};
    const std::string line = line_of(draft);
    EXPECT_TRUE(line.ends_with(R"("ip_id":65535,"ttl":63,"mac":"020000000001>020000000002/100"})"
                               "\n"));
    for (const auto& chunk : {chunk::read_line(line), chunk::read_any_layout(line)}) {
        ASSERT_TRUE(chunk);
        EXPECT_EQ(chunk->ip_id, 65'535U);
        EXPECT_EQ(chunk->ttl, 63U);
        EXPECT_EQ(chunk->mac, "020000000001>020000000002/100");
    }
    // Numbers that are none of IP's.
    for (const char* other : {"4294967296", "-1", "1.5", "null", "\"7\""}) {
        const auto odd = chunk::read_line(R"({"label":"x","ip_id":)" + std::string(other) + "}");
        ASSERT_TRUE(odd) << other;
        EXPECT_EQ(odd->ip_id, 0U) << other;
    }
}

TEST(ChunkLine, IsReadByTheReaderOfItsLayout) {
    Draft draft = draft_of("BYE \"a\" SIP/2.0\r\nSubject: gr\xc3\xbc\xfc\x01\r\n\r\n\x7f");
    draft.correlation_id = "\\\"";
    draft.flags.set(chunk::Flag::truncated);
    draft.event = "log";
    draft.direction = "in";
    const chunk::Link links[] = {{"net", "1"}, {"proto", "\n"}};
    draft.links = links;
    std::string line = line_of(draft);
    line.pop_back();
    chunk::Members members;
    EXPECT_TRUE(chunk::read_own_layout(line, members)) << line;
}

TEST(ChunkLine, NamesAnIpv4HostAsItsMappedAddressInOldFiles) {
    for (const auto* name :
         {"[::ffff:10.1.0.1]:5060", "::ffff:10.1.0.1:5060", "[::FFFF:a01:1]:5060",
          "0:0:0:0:0:ffff:10.1.0.1:5060", "10.1.0.1:5060"}) {
        const auto line =
            R"({"label":"x","raw":["x"],"src":")"s + name + R"(","dst":"[::1]:5060"})";
        const auto chunk = chunk::read_line(line);
        ASSERT_TRUE(chunk);
        EXPECT_EQ(chunk->src, "10.1.0.1:5060");
        EXPECT_EQ(chunk->dst, "[::1]:5060");
        EXPECT_EQ(chunk->json, line) << "shown as it was written";
    }
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

class BothReadersAgree : public testing::TestWithParam<std::string_view> {};

TEST_P(BothReadersAgree, OnAnyMember) {
    for (const std::string& line :
         {"{\"label\":\"BYE\"," + std::string(GetParam()) + "}",
          "{" + std::string(GetParam()) + ",\"raw\":[\"BYE\",\"\",\"x\"],\"crlfs\":1}"}) {
        const auto one = chunk::read_line(line);
        const auto other = chunk::read_any_layout(line);
        ASSERT_EQ(bool(one), bool(other)) << line;
        if (!one) {
            EXPECT_EQ(one.error(), other.error()) << line;
            continue;
        }
        EXPECT_EQ(one->label, other->label) << line;
        EXPECT_EQ(one->call_id, other->call_id) << line;
        EXPECT_EQ(one->timestamp, other->timestamp) << line;
        EXPECT_EQ(one->ref_timestamp, other->ref_timestamp) << line;
        EXPECT_EQ(one->message, other->message) << line;
        EXPECT_EQ(one->flags, other->flags) << line;
        EXPECT_EQ(one->observer, other->observer) << line;
        EXPECT_EQ(one->json, other->json) << line;
    }
}

const std::string bomb = "\"x\":" + std::string(100'000, '[');
const std::string_view members[] = {
    R"("label":"a","label":"b")"sv,
    R"("label":"")"sv,
    R"("label":null)"sv,
    R"("label":["a"])"sv,
    R"("raw":["a"],"raw":["b"])"sv,
    R"("raw":"a\r\nb")"sv,
    R"("raw":[])"sv,
    R"("raw":["a",["b"],"c"])"sv,
    R"("raw":["a",1,{"b":"c"},"d"])"sv,
    R"("raw":["a\r\nb",""])"sv,
    R"("raw":{"a":"b"})"sv,
    R"("crlfs":3,"raw":["a"])"sv,
    R"("crlfs":99999999999999999)"sv,
    R"("crlfs":-1)"sv,
    R"("crlfs":1.0)"sv,
    R"("crlfs":"7")"sv,
    R"("timestamp":"63962445110.376824","ref_timestamp":63962445110)"sv,
    R"("timestamp":1.5,"timestamp":"no")"sv,
    R"("timestamp":6.3e10)"sv,
    R"("timestamp":-1)"sv,
    R"("timestamp":063962445110)"sv,
    R"("timestamp":1.)"sv,
    R"("timestamp":.5)"sv,
    R"("timestamp":123456789012345678901234567890.5)"sv,
    R"("timestamp":99999999999999999999)"sv,
    R"("timestamp":1e999)"sv,
    R"("timestamp":"6396\u0032445110")"sv,
    R"("timestamp":true)"sv,
    R"("flags":["truncated","unheard","truncated"])"sv,
    R"("flags":"truncated")"sv,
    R"("flags":{"truncated":"truncated"})"sv,
    R"("flags":[["truncated"],"no_clock"])"sv,
    R"("payload":"QllF")"sv,
    R"("payload":"Qll")"sv,
    R"("payload":"\u0051llF")"sv,
    R"("payload":"Ql=F")"sv,
    R"("payload":["QllF"])"sv,
    R"("call-id":"\u00fc\u20ac\ud83d\udcde\/\b\f\t")"sv,
    R"("call-id":"\u0000")"sv,
    R"("call-id":"\ud83d")"sv,
    R"("call-id":"\udcde\ud83d")"sv,
    R"("call-id":"\u12")"sv,
    R"("call-id":"\u-123")"sv,
    R"("call-id":"\x")"sv,
    R"("call\u002did":"x")"sv,
    R"("":"x")"sv,
    R"("retransmission":1)"sv,
    R"("x":{"retransmission":1})"sv,
    R"("x":{"label":"a","raw":"b"})"sv,
    R"("x":{"label":{"raw":["b"]}})"sv,
    R"("x":{},"y":[],"parser":"p")"sv,
    R"("x":[1,true,null,"a"])"sv,
    R"("x":tru)"sv,
    R"("x":"a",)"sv,
    R"("x" : "a")"sv,
    R"("x":"a"}{)"sv,
    R"("x":[)"sv,
    R"("x":{"a":"b")"sv,
    R"("x")"sv,
    R"("x":)"sv,
    "\"call-id\":\"\xff\""sv,
    "\"call-id\":\"12345678\xc3\""sv,
    "\"call-id\":\"\xed\xa0\x80\""sv,
    "\"call-id\":\"gr\xc3\xbc\xc3\x9f\x7f\""sv,
    "\"call-id\":\"a\tb\""sv,
    "\"call-id\":\"a\0b\""sv,
    "\"\xff\":1"sv,
    bomb,
};
INSTANTIATE_TEST_SUITE_P(Read, BothReadersAgree, testing::ValuesIn(members));

TEST(FindMember, GivesItsValueAsItStands) {
    const std::string_view object = R"( {"b":{"a":1}, "a" : [1.50,"a\"b"] ,"c":"}"} )";
    EXPECT_EQ(chunk::find_member(object, "a"), R"([1.50,"a\"b"])");
    EXPECT_EQ(chunk::find_member(object, "b"), R"({"a":1})");
    EXPECT_EQ(chunk::find_member(object, "c"), R"("}")");
    EXPECT_FALSE(chunk::find_member(object, "d"));
    for (const char* text : {"", "[]", "{", R"(["a"])", "\"a\"", R"({"a":1}})", R"({"a" 1})"}) {
        EXPECT_FALSE(chunk::find_member(text, "a")) << text;
    }
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
