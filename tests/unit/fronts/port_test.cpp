#include "fronts/port.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace ci::fronts {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using commands::Outcome;
using commands::Status;

constexpr auto patience = 10s;

std::string ok(erlang::Id id, std::string_view text) {
    std::string out;
    erlang::append_ok(id, text, out);
    return out;
}
std::string error(erlang::Id id, erlang::Failure failure, std::string_view text) {
    std::string out;
    erlang::append_error(id, failure, text, out);
    return out;
}
std::string more(erlang::Id id, std::string_view piece) {
    std::string out;
    erlang::append_more(id, piece, out);
    return out;
}
std::string event(std::uint64_t seq, std::string_view key, std::string_view body) {
    std::string out;
    erlang::append_publish(seq, "targeted", key, body, out);
    return out;
}
std::string log_line(erlang::Level level, std::string_view text) {
    std::string out;
    erlang::append_log(level, text, out);
    return out;
}
std::string hello() {
    std::string out;
    erlang::append_hello(static_cast<std::uint64_t>(::getpid()), out);
    return out;
}

/// Plays both sides of the port: the Erlang owner at the pipes, and the commands.
class PortTest : public testing::Test {
  protected:
    struct Asked {
        std::vector<std::string> words;
        commands::Reply reply;
    };

    void SetUp() override {
        std::signal(SIGPIPE, SIG_IGN);
        int requests[2], answers[2];
        ASSERT_EQ(::pipe(requests), 0);
        ASSERT_EQ(::pipe(answers), 0);
        options_.in = requests[0];
        to_port_ = requests[1];
        from_port_ = answers[0];
        options_.out = answers[1];
        ASSERT_EQ(::fcntl(from_port_, F_SETFL, O_NONBLOCK), 0);
    }
    void TearDown() override {
        port_.reset();
        hang_up();
        stop_reading();
    }

    Port& open() {
        port_ = std::make_unique<Port>(
            io_, [this](auto words, auto reply) { ask(std::move(words), std::move(reply)); },
            [this](auto amqp, auto reply) {
                taken_.push_back(std::move(amqp));
                reply({Status::ok, ""});
            },
            [this] { ++closed_; }, options_);
        return *port_;
    }
    void start() {
        open().start();
        expect(hello());
    }

    void ask(std::vector<std::string> words, commands::Reply reply) {
        asked_.push_back({std::move(words), std::move(reply)});
        if (at_once_) asked_.back().reply(*at_once_);
    }

    void send(std::string_view bytes) {
        ASSERT_EQ(::write(to_port_, bytes.data(), bytes.size()),
                  static_cast<ssize_t>(bytes.size()));
    }
    void request(erlang::Id id, const std::vector<std::string>& words) {
        std::string bytes;
        erlang::append_request(erlang::Request{id, words}, bytes);
        send(bytes);
    }
    void credit(std::uint64_t events) {
        std::string bytes;
        erlang::append_credit({events}, bytes);
        send(bytes);
    }
    void hang_up() { close(to_port_); }
    void stop_reading() { close(from_port_); }
    static void close(int& descriptor) {
        if (descriptor >= 0) ::close(descriptor);
        descriptor = -1;
    }

    /// Runs the port until `done`, or fails.
    template <class Done>
    void until(Done done) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!done()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "nothing happens";
            io_.restart();
            io_.run_one_for(10ms);
        }
    }
    void until_asked(std::size_t count) {
        until([&] { return asked_.size() >= count; });
    }
    /// Runs everything that is ready now.
    void settle() {
        io_.restart();
        while (io_.poll() > 0) io_.restart();
    }
    std::string read(std::size_t size) {
        std::string bytes(size, '\0');
        std::size_t have = 0;
        until([&] {
            const auto got = ::read(from_port_, bytes.data() + have, size - have);
            if (got > 0) have += static_cast<std::size_t>(got);
            return have == size || got == 0;
        });
        bytes.resize(have);
        return bytes;
    }
    void expect(const std::string& bytes) { EXPECT_EQ(read(bytes.size()), bytes); }

    boost::asio::io_context io_;
    PortOptions options_;
    int to_port_ = -1, from_port_ = -1;
    std::vector<Asked> asked_;
    std::vector<erlang::Amqp> taken_;
    std::optional<Outcome> at_once_;  ///< the answer to every command; empty: the test answers
    int closed_ = 0;
    std::unique_ptr<Port> port_;
};

TEST_F(PortTest, SaysHelloBeforeAnythingElse) {
    Port& port = open();
    port.log(erlang::Level::info, "early");
    settle();
    port.start();
    expect(hello() + log_line(erlang::Level::info, "early"));
}

TEST_F(PortTest, HandsTheWordsOverAndTheOutcomeBack) {
    start();
    request(7, {"callid_details", "a@b"});
    until_asked(1);
    EXPECT_EQ(asked_[0].words, (std::vector<std::string>{"callid_details", "a@b"}));
    asked_[0].reply({Status::ok, "[]\n"});
    expect(ok(7, "[]\n"));
}

TEST_F(PortTest, TellsUsageFromFailure) {
    start();
    request(1, {"x"});
    request(2, {"y"});
    until_asked(2);
    asked_[0].reply({Status::usage, "no such command: x\n"});
    expect(error(1, erlang::Failure::usage, "no such command: x\n"));
    asked_[1].reply({Status::failed, "no\n"});
    expect(error(2, erlang::Failure::failed, "no\n"));
}

TEST_F(PortTest, LetsALaterRequestBeAnsweredFirst) {
    start();
    request(1, {"slow"});
    request(2, {"fast"});
    until_asked(2);
    asked_[1].reply({Status::ok, "fast\n"});
    expect(ok(2, "fast\n"));
    asked_[0].reply({Status::ok, "slow\n"});
    expect(ok(1, "slow\n"));
}

TEST_F(PortTest, TakesRepliesFromAnyThread) {
    start();
    constexpr std::size_t count = 200;
    for (std::size_t id = 0; id < count; ++id) request(id, {"x"});
    until_asked(count);
    const auto some = [this](std::size_t first) {
        for (std::size_t i = first; i < count; i += 2) asked_[i].reply({Status::ok, "x\n"});
    };
    std::thread even(some, 0), odd(some, 1);
    std::size_t size = 0;
    for (std::size_t id = 0; id < count; ++id) size += ok(id, "x\n").size();
    const auto answers = read(size);
    even.join();
    odd.join();
    for (std::size_t id = 0; id < count; ++id) {
        EXPECT_NE(answers.find(ok(id, "x\n")), std::string::npos) << id;
    }
}

TEST_F(PortTest, TakesRequestsThatArriveByteByByte) {
    start();
    std::string bytes;
    erlang::append_request(erlang::Request{3, {"flush"}}, bytes);
    for (const char byte : bytes) {
        send({&byte, 1});
        settle();
    }
    until_asked(1);
    EXPECT_EQ(asked_[0].words, std::vector<std::string>{"flush"});
}

TEST_F(PortTest, AnswersAMalformedRequestWhoseIdIsReadable) {
    start();
    send("\0\0\0\x11\x83\x68\x04\x77\x03req\x61\x09\x77\x04quit\x6a"s);
    expect(error(9, erlang::Failure::usage, "malformed request: an unknown operation (byte 10)\n"));
    EXPECT_TRUE(asked_.empty());
}

TEST_F(PortTest, LogsWhatNobodyWaitsForAndGoesOn) {
    start();
    send("\0\0\0\x02hi"s);
    expect(log_line(erlang::Level::warning,
                    "malformed request: not in the external term format (byte 0)\n"));
    request(1, {"x"});
    until_asked(1);
}

TEST_F(PortTest, IsBusyWhenTooMuchIsUnderWay) {
    options_.max_outstanding = 2;
    start();
    for (erlang::Id id = 1; id <= 3; ++id) request(id, {"x"});
    expect(error(3, erlang::Failure::failed, "busy\n"));
    EXPECT_EQ(asked_.size(), 2U);
    asked_[0].reply({Status::ok, ""});
    expect(ok(1, ""));
    settle();
    request(4, {"x"});
    until_asked(3);
}

TEST_F(PortTest, DoesNotReadFromAnOwnerThatDoesNotReadItsAnswers) {
    options_.max_unwritten = 100'000;
    const Outcome large{Status::ok, std::string(max_piece, 'x')};  // much more than a pipe holds
    at_once_ = large;
    start();
    for (erlang::Id id = 1; id <= 3; ++id) {  // a read is already pending at the first request
        request(id, {"large"});
        settle();
    }
    EXPECT_EQ(asked_.size(), 2U);
    for (erlang::Id id = 1; id <= 3; ++id) expect(ok(id, large.text));
}

TEST_F(PortTest, AnswersThatFindNoRoomAreErrors) {
    options_.max_answers = 3 * max_piece + 1'000;  // with the heads of frames
    start();
    const std::string large(2 * max_piece, 'x');  // much more than a pipe holds
    for (erlang::Id id = 1; id <= 3; ++id) request(id, {"large"});
    until_asked(3);
    asked_[0].reply({Status::ok, large});
    settle();
    asked_[1].reply({Status::ok, large});
    asked_[2].reply({Status::ok, large.substr(0, max_piece)});
    settle();
    const std::string busy = "busy: too many answers are not read yet\n";
    const std::string_view piece = std::string_view(large).substr(0, max_piece);
    // There was room for the third answer, but not for the second.
    expect(more(1, piece) + error(2, erlang::Failure::failed, busy) + ok(3, piece) + ok(1, piece));
}

TEST_F(PortTest, TakesNoQuestionThatIsTooLong) {
    start();
    std::thread sender([this] { request(1, {"callid_details", std::string(100'000, 'x')}); });
    expect(error(1, erlang::Failure::usage, "question too long\n"));
    sender.join();
    EXPECT_TRUE(asked_.empty());
}

TEST_F(PortTest, DoesNotReadOnWhileManyBytesOfRequestsWait) {
    options_.max_asked = 50'000;
    start();
    for (erlang::Id id = 1; id <= 3; ++id) {
        request(id, {std::string(30'000, 'x')});
        settle();
    }
    EXPECT_EQ(asked_.size(), 2U);
    asked_[0].reply({Status::ok, ""});
    expect(ok(1, ""));
    until_asked(3);
}

TEST_F(PortTest, CutsALongAnswerIntoPiecesOfWholeCharacters) {
    const std::string first(max_piece - 1, 'x'), second(max_piece, 'y');
    at_once_ = {Status::ok, first + "\u00e9" + second.substr(2) + "rest\n"};
    start();
    request(7, {"large"});
    until_asked(1);
    expect(more(7, first) + more(7, "\u00e9" + second.substr(2)) + ok(7, "rest\n"));
}

TEST_F(PortTest, CutsWhatIsNoTextAnywhere) {
    const std::string odd(max_piece + 1, '\x80');
    at_once_ = {Status::ok, odd};
    start();
    request(7, {"odd"});
    until_asked(1);
    expect(more(7, odd.substr(1)) + ok(7, "\x80"));
}

TEST_F(PortTest, TellsOtherAnswersBetweenThePieces) {
    start();
    request(1, {"large"});
    request(2, {"small"});
    until_asked(2);
    const std::string piece(max_piece, 'x');
    asked_[0].reply({Status::ok, piece + piece + piece});
    settle();
    asked_[1].reply({Status::ok, "small\n"});
    settle();
    expect(more(1, piece) + ok(2, "small\n") + more(1, piece) + ok(1, piece));
}

TEST_F(PortTest, HandsOverWhatTheOwnerSaysOfAmqp) {
    const erlang::Amqp rows[] = {erlang::AmqpBound{"queue", "node@host"},
                                 erlang::AmqpMessage{"call_inspector.lookup", "{}"},
                                 erlang::AmqpUnbound{}};
    start();
    for (erlang::Id id = 0; id < std::size(rows); ++id) {
        std::string bytes;
        erlang::append_request(erlang::AmqpRequest{id, rows[id]}, bytes);
        send(bytes);
        expect(ok(id, ""));
        EXPECT_EQ(taken_.back(), rows[id]);
    }
}

TEST_F(PortTest, PublishesAsMuchAsTheOwnerTakes) {
    start();
    for (const char* key : {"a", "b", "c"}) port_->publish("targeted", key, "{}");
    settle();
    credit(2);
    expect(event(1, "a", "{}") + event(2, "b", "{}"));
    request(1, {"x"});
    until_asked(1);
    asked_[0].reply({Status::ok, ""});
    expect(ok(1, ""));  // and no third event before it
    credit(5);
    expect(event(3, "c", "{}"));
    port_->publish("targeted", "d", "{}");
    expect(event(4, "d", "{}"));
}

TEST_F(PortTest, DropsTheOldestOfTooManyEventsAndSaysSoOnce) {
    options_.max_events = 2;
    start();
    for (const char* key : {"a", "b", "c", "d"}) port_->publish("targeted", key, "{}");
    settle();
    expect(
        log_line(erlang::Level::warning, "AMQP messages dropped: 1 (they were not taken in time)"));
    EXPECT_EQ(port_->events_dropped(), 2U);
    credit(9);
    expect(event(1, "c", "{}") + event(2, "d", "{}"));
}

TEST_F(PortTest, DropsEventsThatAreTooLargeTogether) {
    options_.max_event_bytes = 1'000;
    start();
    const std::string body(900, 'x');
    port_->publish("targeted", "a", body);
    port_->publish("targeted", "b", body);
    settle();
    EXPECT_EQ(port_->events_dropped(), 1U);
}

TEST_F(PortTest, DropsLogLinesThatNobodyReadsAndSaysSo) {
    start();
    const std::string line(100'000, 'x');
    for (int i = 0; i < 10; ++i) port_->log(erlang::Level::info, line);
    settle();
    const std::size_t kept = 3;  // a further line would exceed a quarter of a megabyte
    for (std::size_t i = 0; i < kept; ++i) expect(log_line(erlang::Level::info, line));
    settle();
    port_->log(erlang::Level::info, "again");
    expect(log_line(erlang::Level::warning, "7 log lines dropped: nobody read them"));
    expect(log_line(erlang::Level::info, "again"));
}

TEST_F(PortTest, IsDoneWhenTheOwnerHangsUp) {
    start();
    hang_up();
    until([this] { return closed_ > 0; });
    settle();
    EXPECT_EQ(closed_, 1);
    EXPECT_EQ(port_->exit_code(), 0);
}

TEST_F(PortTest, IsDoneWhenTheOwnerStopsReading) {
    start();
    request(1, {"x"});
    until_asked(1);
    stop_reading();
    asked_[0].reply({Status::ok, "x\n"});
    until([this] { return closed_ > 0; });
    EXPECT_EQ(port_->exit_code(), 0);
}

TEST_F(PortTest, GivesUpOnAFrameThatIsTooLarge) {
    options_.max_frame = 1'000;
    start();
    testing::internal::CaptureStderr();
    std::string after;
    erlang::append_request(erlang::Request{1, {"x"}}, after);
    send("\0\0\x03\xe9"s + after);
    until([this] { return closed_ > 0; });
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "call_inspector: a request of 1001 bytes, more than 1000\n");
    EXPECT_EQ(port_->exit_code(), 1);
    EXPECT_TRUE(asked_.empty());
}

TEST_F(PortTest, TakesRepliesThatComeTooLate) {
    start();
    request(1, {"x"});
    request(2, {"x"});
    until_asked(2);
    hang_up();
    until([this] { return closed_ > 0; });
    asked_[0].reply({Status::ok, "x\n"});
    port_.reset();
    settle();
    asked_[1].reply({Status::ok, "x\n"});
    settle();
    EXPECT_EQ(read(1), "");
}

TEST(TakeStandardDescriptors, KeepsStrayPrintsOutOfTheFrames) {
    std::fflush(stdout);
    const int output = ::dup(STDOUT_FILENO);
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    ASSERT_EQ(::dup2(pipe[1], STDOUT_FILENO), STDOUT_FILENO);
    testing::internal::CaptureStderr();

    const PortOptions options = take_standard_descriptors();
    std::puts("stray");
    std::fflush(stdout);
    EXPECT_EQ(::write(options.out, "frame", 5), 5);

    const auto errors = testing::internal::GetCapturedStderr();
    ASSERT_EQ(::dup2(output, STDOUT_FILENO), STDOUT_FILENO);
    std::string bytes(100, '\0');
    bytes.resize(static_cast<std::size_t>(::read(pipe[0], bytes.data(), bytes.size())));
    EXPECT_EQ(bytes, "frame");
    EXPECT_EQ(errors, "stray\n");
    for (const int descriptor : {output, pipe[0], pipe[1], options.out}) ::close(descriptor);
}

}  // namespace
}  // namespace ci::fronts
