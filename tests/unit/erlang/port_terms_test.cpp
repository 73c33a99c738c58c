#include "erlang/port_terms.h"

#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <string>
#include <string_view>

#include "erlang/frames.h"
#include "erlang/golden.h"
#include "support/places.h"

namespace ci::erlang {

void PrintTo(const Malformed& malformed, std::ostream* out) {
    *out << describe(malformed) << (malformed.id ? std::to_string(*malformed.id) : "no id");
}

namespace {

using namespace std::string_literals;

Golden golden(const std::string& title) {
    for (auto& row : read_golden(test::data("erlang/port_terms.md"))) {
        if (row.title == title) return row;
    }
    ADD_FAILURE() << "no such case: " << title;
    return {};
}

/// The output of an append_ function without the length in front.
std::string only_frame(const std::string& stream) {
    FrameCutter cutter;
    cutter.append(wire::as_bytes(stream));
    const auto frame = cutter.next();
    EXPECT_TRUE(frame && cutter.unfinished() == 0);
    return frame ? std::string(wire::as_text(*frame)) : "";
}

struct Told {
    const char* name;
    const char* title;
    std::function<void(std::string&)> append;
};

const Told told[] = {
    {"Hello", "Hello", [](auto& out) { append_hello(4242, out); }},
    {"Answer", "An answer", [](auto& out) { append_ok(7, "started '127.0.0.1:9060'\n", out); }},
    {"EmptyAnswer", "An empty answer", [](auto& out) { append_ok(8, "", out); }},
    {"WrongUsage", "Wrong usage",
     [](auto& out) { append_error(300, Failure::usage, "no such command: x\n", out); }},
    {"FailedCommand", "A command that failed",
     [](auto& out) { append_error(1'099'511'627'776, Failure::failed, "busy\n", out); }},
    {"Piece", "A piece of a long answer", [](auto& out) { append_more(9, "[{\"label\":", out); }},
    {"Publication", "Something to publish",
     [](auto& out) {
         append_publish(1, "targeted", "kzc@localhost-<0.228.0>-ee58",
                        R"({"Event-Name":"lookup_resp"})", out);
     }},
    {"PublicationToAProcess", "Something to publish for one process",
     [](auto& out) {
         append_publish(2, "targeted", "pid://<0.228.0>/kzc@localhost-ee58",
                        R"({"Event-Name":"filter_resp"})", out);
     }},
    {"LogLine", "A log line", [](auto& out) { append_log(Level::warning, "no space left", out); }},
};

class Tells : public testing::TestWithParam<Told> {};
TEST_P(Tells, InTheBytesThatTheOwnerReads) {
    std::string stream;
    GetParam().append(stream);
    EXPECT_EQ(only_frame(stream), from_hex(golden(GetParam().title).blocks["hex"]));
}
INSTANTIATE_TEST_SUITE_P(Messages, Tells, testing::ValuesIn(told),
                         [](const auto& row) { return row.param.name; });

std::optional<Request> decode_command(std::string_view frame) {
    const auto incoming = decode_incoming(wire::as_bytes(frame));
    if (!incoming || !std::holds_alternative<Request>(*incoming)) return std::nullopt;
    return std::get<Request>(*incoming);
}

TEST(DecodeRequest, UnderstandsWhatTheOwnerSends) {
    std::size_t requests = 0;
    for (auto& row : read_golden(test::data("erlang/port_terms.md"))) {
        if (!row.blocks.contains("words")) continue;
        ++requests;
        const auto bytes = from_hex(row.blocks["hex"]);
        const auto request = decode_command(bytes);
        ASSERT_TRUE(request) << row.title;
        std::string words;
        for (const auto& word : request->words) words += word + "\n";
        EXPECT_EQ(words, row.blocks["words"]) << row.title;
        EXPECT_TRUE(row.blocks["erlang"].starts_with("{req," + std::to_string(request->id) + ","))
            << row.title << ": " << request->id;
    }
    EXPECT_GE(requests, 11U);
}

TEST(DecodeRequest, TakesBinariesAsTheyAre) {
    const auto bytes = from_hex(golden("A word that is not UTF-8").blocks["hex"]);
    const auto request = decode_command(bytes);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->words, (std::vector<std::string>{"flush", "\xc3("}));
}

TEST(DecodeRequest, ReadsBackWhatWasWritten) {
    const Request rows[] = {{1, {}},
                            {256, {"flush"}},
                            {~Id{0}, {"callid_details", "", "\0\xff"s}},
                            {1U << 31U, {"x", std::string(100'000, 'y')}}};
    for (const auto& row : rows) {
        std::string stream;
        append_request(row, stream);
        const auto frame = only_frame(stream);
        const auto request = decode_command(frame);
        ASSERT_TRUE(request) << row.id;
        EXPECT_EQ(*request, row);
    }
}

const std::pair<const char*, Incoming> amqp[] = {
    {"A message that was received",
     AmqpRequest{20, AmqpMessage{"call_inspector.lookup", R"({"Call-ID":"a@b"})"}}},
    {"A queue that is bound",
     AmqpRequest{21, AmqpBound{"call_inspector-1a2b", "kazoo_apps@vm.example.com"}}},
    {"No queue any more", AmqpRequest{22, AmqpUnbound{}}},
    {"About to stop", AmqpRequest{23, AmqpLeaving{}}},
    {"A message that is not understood", AmqpRequest{24, AmqpNotUnderstood{}}},
    {"Credit for events", Credit{100}},
};

TEST(DecodeIncoming, UnderstandsWhatTheOwnerSaysOfAmqp) {
    for (const auto& [title, expected] : amqp) {
        const auto bytes = from_hex(golden(title).blocks["hex"]);
        const auto incoming = decode_incoming(wire::as_bytes(bytes));
        ASSERT_TRUE(incoming) << title << ": " << testing::PrintToString(incoming.error());
        EXPECT_EQ(*incoming, expected) << title;
    }
}

TEST(DecodeIncoming, ReadsBackWhatWasWritten) {
    for (const auto& [title, expected] : amqp) {
        std::string stream;
        if (const auto* credit = std::get_if<Credit>(&expected)) append_credit(*credit, stream);
        if (const auto* request = std::get_if<AmqpRequest>(&expected)) {
            append_request(*request, stream);
        }
        const auto frame = only_frame(stream);
        const auto incoming = decode_incoming(wire::as_bytes(frame));
        ASSERT_TRUE(incoming) << title;
        EXPECT_EQ(*incoming, expected) << title;
    }
}

struct Bad {
    const char* name;
    std::string bytes;
    Malformed why;
};

const auto no_id = std::optional<Id>{};
const std::string head = "\x83\x68\x04\x77\x03req\x61\x09"s;  // {req, 9, ...
const std::string command = head + "\x77\x07"s + "command"s;

const Bad bad[] = {
    {"Nothing", "", {{Reason::no_version, 0}, no_id}},
    {"AnotherTerm", "\x83\x77\x02ok"s, {{Reason::not_a_request, 1}, no_id}},
    {"AnotherTuple", "\x83\x68\x03\x77\x03req\x61\x09\x6a"s, {{Reason::not_a_request, 3}, no_id}},
    {"AnotherName",
     "\x83\x68\x04\x77\x03qer\x61\x09\x6a\x6a"s,
     {{Reason::not_a_request, 8}, no_id}},
    {"NegativeId",
     "\x83\x68\x04\x77\x03req\x62\xff\xff\xff\xff\x6a\x6a"s,
     {{Reason::not_a_request, 8}, no_id}},
    {"IdCutOff", "\x83\x68\x04\x77\x03req\x62\x01"s, {{Reason::truncated, 8}, no_id}},
    {"OpCutOff", head + "\x77\x07"s, {{Reason::truncated, 10}, 9}},
    {"ArgumentsCutOff", command + "\x6c\0\0\0\x05\x6a"s, {{Reason::truncated, 19}, 9}},
    {"BytesAfterTheEnd", command + "\x6ax"s, {{Reason::tail, 20}, 9}},
    {"OpNoAtom", head + "\x61\x01\x6a"s, {{Reason::not_a_request, 10}, 9}},
    {"OpUnknown", head + "\x77\x04quit\x6a"s, {{Reason::unknown_op, 10}, 9}},
    {"ArgumentsNoList", command + "\x61\x01"s, {{Reason::not_a_request, 19}, 9}},
    {"ArgumentsImproper",
     command + "\x6c\0\0\0\x01\x77\x01x\x77\x01y"s,
     {{Reason::not_a_request, 19}, 9}},
    {"FunForAWord", command + "\x6c\0\0\0\x01\x70\0\0\0\x04\x6a"s, {{Reason::unknown_tag, 24}, 9}},
    {"TupleForAWord", command + "\x6c\0\0\0\x01\x68\0\x6a"s, {{Reason::bad_argument, 24}, 9}},
    {"FloatForAWord",
     command + "\x6c\0\0\0\x01\x46\0\0\0\0\0\0\0\0\x6a"s,
     {{Reason::bad_argument, 24}, 9}},
    {"BitsForAWord",
     command + "\x6c\0\0\0\x01\x4d\0\0\0\x01\x03\xa0\x6a"s,
     {{Reason::bad_argument, 24}, 9}},
    {"NumberTooBigForAWord",
     command + "\x6c\0\0\0\x01\x6e\x09\0\0\0\0\0\0\0\0\0\x01\x6a"s,
     {{Reason::bad_argument, 24}, 9}},
    {"SurrogateInAWord",
     command + "\x6c\0\0\0\x01\x6c\0\0\0\x01\x62\0\0\xd8\0\x6a\x6a"s,
     {{Reason::bad_argument, 24}, 9}},
    {"NegativeCharacter",
     command + "\x6c\0\0\0\x01\x6c\0\0\0\x01\x62\xff\xff\xff\xff\x6a\x6a"s,
     {{Reason::bad_argument, 24}, 9}},
    {"ListOfListsForAWord",
     command + "\x6c\0\0\0\x01\x6c\0\0\0\x01\x6b\0\x01x\x6a\x6a"s,
     {{Reason::bad_argument, 24}, 9}},
    {"ImproperStringForAWord",
     command + "\x6c\0\0\0\x01\x6c\0\0\0\x01\x61x\x61y\x6a"s,
     {{Reason::bad_argument, 24}, 9}},
    {"AmqpWithoutArguments", head + "\x77\x04"s + "amqp\x6a", {{Reason::bad_argument, 16}, 9}},
    {"AmqpOfAnotherName",
     head + "\x77\x04"s + "amqp\x77\x05"s + "bound",
     {{Reason::bad_argument, 16}, 9}},
    {"AmqpOfTooFew", head + "\x77\x04"s + "amqp\x68\x01\x6a"s, {{Reason::bad_argument, 16}, 9}},
    {"AmqpWithoutABody",
     head + "\x77\x04"s + "amqp\x68\x02\x77\x01x\x68\x00"s,
     {{Reason::bad_argument, 16}, 9}},
    {"AmqpBoundToNothing",
     head + "\x77\x04"s + "amqp\x68\x03\x77\x05"s + "boun\x64\x77\x01x\x68\x00"s,
     {{Reason::bad_argument, 16}, 9}},
    {"NegativeCredit",
     "\x83\x68\x02\x77\x06"s + "credit\x62\xff\xff\xff\xff"s,
     {{Reason::not_a_request, 11}, no_id}},
    {"CreditCutOff", "\x83\x68\x02\x77\x06"s + "credit\x62\x01"s, {{Reason::truncated, 11}, no_id}},
    {"TooManyWords",
     command + "\x6c\0\0\x03\xe9"s + std::string(1'002, '\x6a'),
     {{Reason::too_many_terms, 19}, 9}},
};

class Malforms : public testing::TestWithParam<Bad> {};
TEST_P(Malforms, SayingWhyWhereAndToWhom) {
    const auto incoming = decode_incoming(wire::as_bytes(GetParam().bytes));
    ASSERT_FALSE(incoming);
    EXPECT_EQ(incoming.error(), GetParam().why);
}
INSTANTIATE_TEST_SUITE_P(Frames, Malforms, testing::ValuesIn(bad),
                         [](const auto& row) { return row.param.name; });

TEST(Describe, IsOneLineForTheAsker) {
    EXPECT_EQ(describe({{Reason::truncated, 17}, 9}),
              "malformed request: ends within a term (byte 17)\n");
}

}  // namespace
}  // namespace ci::erlang
