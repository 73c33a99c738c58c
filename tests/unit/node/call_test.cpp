#include "node/call.h"

#include <gtest/gtest.h>

#include "erlang/distribution.h"

namespace ci::node {
namespace {

using namespace std::string_literals;
using erlang::Packet;
using erlang::TermWriter;

const erlang::Self self{"inspector@host", 9};
const erlang::Self caller{"sup@host", 5};

std::string raw(const TermWriter& term) {
    return std::string(term.bytes().substr(1));
}
std::string process_of_caller(std::uint32_t number) {
    TermWriter out;
    return raw(out.process(caller, number));
}
std::string atom(std::string_view name) {
    TermWriter out;
    return raw(out.atom(name));
}

erlang::RemoteCall asked(const std::string& device) {
    erlang::RemoteCall call;
    call.form = erlang::RemoteCall::Form::server;
    call.from = process_of_caller(1);
    call.reference = atom("the_tag");
    call.group_leader = device;
    call.function = {"module", "function", "\x6a"};
    return call;
}

/// The packets of a stream, each as its operation and its message.
struct Sent {
    std::uint64_t operation;
    std::string message;
};
std::vector<Sent> packets(std::string_view stream) {
    std::vector<Sent> all;
    while (stream.size() > 4) {
        const auto length = wire::be_at<std::uint32_t>(wire::as_bytes(stream), 0);
        const auto packet = erlang::decode_packet(wire::as_bytes(stream.substr(4, length)));
        if (!packet) {
            ADD_FAILURE() << "not a packet";
            break;
        }
        all.push_back({packet->operation, std::string(packet->message)});
        stream.remove_prefix(4 + length);
    }
    return all;
}

struct Printed {
    std::uint64_t reply_as = 0;
    std::string encoding, text;
};
/// Of {io_request, From, ReplyAs, {put_chars, Encoding, Text}}.
Printed printed(const std::string& message) {
    const auto request = erlang::tuple_of(message);
    Printed out;
    if (!request || request->size() != 4) return out;
    out.reply_as = erlang::number_of((*request)[2]).value_or(0);
    const auto put = erlang::tuple_of((*request)[3]);
    if (!put || put->size() != 3) return out;
    out.encoding = erlang::atom_of((*put)[1]).value_or("");
    out.text = (*put)[2].substr(5);
    return out;
}

std::string options(std::string_view encoding) {
    TermWriter out;
    out.list(1).tuple(2).atom("encoding").atom(encoding);
    return raw(out.nil());
}

std::string value_of(const Sent& sent) {
    const auto pair = erlang::tuple_of(sent.message);
    return pair && pair->size() == 2 ? std::string((*pair)[1]) : "";
}

commands::Outcome text(std::string what, commands::Status status = commands::Status::ok) {
    return {status, std::move(what)};
}

constexpr std::uint64_t monitor = 19, demonitor = 20;

TEST(Call, TheResultComesAfterTheTextWasPrinted) {
    Call call(asked(process_of_caller(2)), 7, self, caller.node);
    const auto begin = packets(call.carried_out(text("parser\n"), {}));
    ASSERT_EQ(begin.size(), 2U);
    EXPECT_EQ(begin[0].operation, monitor);  // the device may go away
    const auto print = packets(call.device_replied({1, options("unicode")}));
    ASSERT_EQ(print.size(), 1U);
    EXPECT_EQ(printed(print[0].message).text, "parser\n");
    EXPECT_EQ(printed(print[0].message).encoding, "unicode");
    EXPECT_FALSE(call.has_ended());
    const auto end = packets(call.device_replied({2, atom("ok")}));
    ASSERT_EQ(end.size(), 2U);
    EXPECT_EQ(end[0].operation, demonitor);
    EXPECT_EQ(value_of(end[1]), atom("no_return"));
    EXPECT_TRUE(call.has_ended());
}

TEST(Call, ALatin1DeviceIsSentTheOctets) {
    Call call(asked(process_of_caller(2)), 7, self, caller.node);
    (void)call.carried_out(text("\u2502\n"), {});
    const auto print = packets(call.device_replied({1, options("latin1")}));
    EXPECT_EQ(printed(print[0].message).encoding, "latin1");
    EXPECT_EQ(printed(print[0].message).text, "\u2502\n");
}

TEST(Call, ALongTextIsPrintedInWholeCharactersOnePieceAfterTheOther) {
    std::string all;
    while (all.size() < 3 * most_printed_at_once) all += "\u96fb";
    Call call(asked(process_of_caller(2)), 7, self, caller.node);
    (void)call.carried_out(text(all), {});
    std::string got;
    auto next = packets(call.device_replied({1, atom("whatever")}));
    while (next.size() == 1) {
        const auto one = printed(next[0].message);
        EXPECT_LE(one.text.size(), most_printed_at_once);
        EXPECT_EQ(one.text.size() % 3, 0U);
        got += one.text;
        EXPECT_TRUE(call.device_replied({one.reply_as - 1, atom("ok")}).empty()) << "an old reply";
        next = packets(call.device_replied({one.reply_as, atom("ok")}));
    }
    EXPECT_EQ(got, all);
    EXPECT_TRUE(call.has_ended());
}

TEST(Call, SuccessIsNotPrintedButReturned) {
    Call call(asked(process_of_caller(2)), 7, self, caller.node);
    const auto end = packets(call.carried_out(text("ok\n"), {}));
    ASSERT_EQ(end.size(), 1U);
    EXPECT_EQ(value_of(end[0]), atom("ok"));
}

TEST(Call, AFailureReturnsItsExitCode) {
    Call call(asked(process_of_caller(2)), 7, self, caller.node);
    (void)call.carried_out(text("no such parser\n", commands::Status::failed), {});
    (void)call.device_replied({1, atom("x")});
    const auto end = packets(call.device_replied({2, atom("ok")}));
    TermWriter two;
    EXPECT_EQ(value_of(end.at(1)), raw(two.tuple(2).atom("no_return").number(2)));
}

TEST(Call, ADeviceThatIsGoneOrFailsEndsThePrintingWhichIsNoSuccess) {
    for (const bool is_gone : {false, true}) {
        Call call(asked(process_of_caller(2)), 7, self, caller.node);
        (void)call.carried_out(text(std::string(2 * most_printed_at_once, 'x')), {});
        (void)call.device_replied({1, options("unicode")});
        const auto end =
            packets(is_gone ? call.device_gone() : call.device_replied({2, atom("terminated")}));
        EXPECT_NE(value_of(end.at(1)).find(atom("badrpc")), std::string::npos);
        EXPECT_NE(value_of(end.at(1)).find(atom("terminated")), std::string::npos);
        EXPECT_TRUE(call.has_ended());
    }
}

TEST(Call, ADeviceThatDoesNotKnowTheQuestionTakesUnicode) {
    Call call(asked(process_of_caller(2)), 7, self, caller.node);
    (void)call.carried_out(text("x\n"), {});
    EXPECT_FALSE(call.is_overdue(Call::Clock::now()));
    EXPECT_TRUE(call.is_overdue(Call::Clock::now() + std::chrono::seconds(6)));
    const auto print = packets(call.device_late());
    EXPECT_EQ(printed(print.at(0).message).encoding, "unicode");
    EXPECT_FALSE(call.is_overdue(Call::Clock::now() + std::chrono::minutes(9))) << "a pager";
    EXPECT_TRUE(call.is_overdue(Call::Clock::now() + std::chrono::minutes(11)));
}

TEST(Call, ADeviceOnAThirdNodeCannotBeReached) {
    Call call(asked(process_of_caller(2)), 7, self, "another@host");
    const auto end = packets(call.carried_out(text("x\n"), {}));
    ASSERT_EQ(end.size(), 1U);
    EXPECT_EQ(value_of(end[0]), atom("no_return"));
    EXPECT_TRUE(call.was_unprintable());
}

TEST(Call, AToolWithoutADeviceGetsTheTextAsResultOrAsMessages) {
    Call plain(asked(atom("user")), 7, self, caller.node);
    TermWriter binary;
    EXPECT_EQ(value_of(packets(plain.carried_out(text("x\n"), {})).at(0)),
              raw(binary.binary("x\n")));
    Call failed(asked(atom("user")), 7, self, caller.node);
    TermWriter error;
    EXPECT_EQ(value_of(packets(failed.carried_out(text("x\n", commands::Status::usage), {})).at(0)),
              raw(error.tuple(2).atom("error").binary("x\n")));
    Call fetched(asked(atom("send_stdout_to_caller")), 7, self, caller.node);
    const auto sent = packets(fetched.carried_out(text("x\n"), {}));
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(erlang::atom_of(erlang::tuple_of(sent[0].message)->at(0)), "rex_stdout");
}

commands::Following following() {
    return *commands::Following::of(std::vector<std::string>{"follow", "from=a"});
}

TEST(Call, AFollowedCommandPrintsEachAnswerAndReturnsAfterTheLast) {
    Call call(asked(process_of_caller(2)), 7, self, caller.node);
    call.follow(following());
    EXPECT_TRUE(call.why_not_followed().empty());
    EXPECT_TRUE(call.next_question().empty()) << "the first answer is awaited";
    EXPECT_EQ(call.carried_out(text("5 60\n"), {}), "") << "nothing to print";
    EXPECT_EQ(call.next_question(), (std::vector<std::string>{"follow_next", "5", "from=a"}));
    EXPECT_TRUE(call.next_question().empty()) << "it is asked once";
    for (const char* answer : {"6\nrow\n", "7\nrow\n"}) {
        (void)call.carried_out(text(answer), {});
        std::uint64_t asked_as = 1;
        auto print = packets(call.device_replied({asked_as, options("unicode")}));
        for (; print.empty();
             print = packets(call.device_replied({asked_as, options("unicode")}))) {
            ++asked_as;
        }
        EXPECT_EQ(printed(print[0].message).text, "row\n");
        EXPECT_TRUE(call.next_question().empty()) << "it is being printed";
        const auto left = packets(call.device_replied({asked_as + 1, atom("ok")}));
        ASSERT_EQ(left.size(), 1U);
        EXPECT_EQ(left[0].operation, demonitor);
        EXPECT_FALSE(call.next_question().empty());
    }
    const auto end = packets(call.carried_out(text("busy\n", commands::Status::failed), {}));
    EXPECT_EQ(end.at(0).operation, monitor);
    EXPECT_FALSE(call.has_ended());
}

TEST(Call, AFollowedCommandEndsWithItsDevice) {
    Call call(asked(process_of_caller(2)), 7, self, caller.node);
    call.follow(following());
    (void)call.carried_out(text("5 60\n"), {});
    (void)call.next_question();
    EXPECT_EQ(call.device_gone(), "") << "it is not watched now";
    (void)call.carried_out(text("6\nrow\n"), {});
    EXPECT_NE(value_of(packets(call.device_gone()).at(1)).find(atom("terminated")),
              std::string::npos);
    EXPECT_TRUE(call.has_ended());
    EXPECT_TRUE(call.next_question().empty());
}

TEST(Call, AFollowedCommandNeedsSomethingToPrintTo) {
    Call plain(asked(atom("user")), 7, self, caller.node);
    EXPECT_NE(plain.why_not_followed().find("follow_next"), std::string::npos);
    Call fetched(asked(atom("send_stdout_to_caller")), 7, self, caller.node);
    fetched.follow(following());
    EXPECT_TRUE(fetched.why_not_followed().empty());
    (void)fetched.carried_out(text("5 60\n"), {});
    (void)fetched.next_question();
    EXPECT_EQ(packets(fetched.carried_out(text("6\nrow\n"), {})).size(), 1U);
    EXPECT_FALSE(fetched.has_ended());
    Call far(asked(process_of_caller(2)), 7, self, "another@host");
    far.follow(following());
    (void)far.carried_out(text("5 60\n"), {});
    (void)far.next_question();
    (void)far.carried_out(text("6\nrow\n"), {});
    EXPECT_TRUE(far.has_ended());
    EXPECT_TRUE(far.was_unprintable());
}

TEST(Call, WhoeverGaveUpEndsTheCommand) {
    Call call(asked(process_of_caller(2)), 7, self, caller.node);
    const auto end = call.end();
    EXPECT_FALSE(end.stop_requested());
    call.cancel();
    EXPECT_TRUE(end.stop_requested());
}

}  // namespace
}  // namespace ci::node
