#include "fronts/control.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "fronts/control_client.h"
#include "fronts/control_protocol.h"
#include "support/temporary_directory.h"

namespace ci::fronts {
namespace {

using namespace std::chrono_literals;

/// A control socket whose commands the test itself answers.
class ControlTest : public testing::Test {
  protected:
    void start(const ControlLimits& limits) {
        control_.emplace(
            io_, path_,
            [this](const auto& /*words*/, auto reply) {
                if (answer_) {
                    reply({commands::Status::ok, *answer_});
                } else {
                    waiting_.push_back(std::move(reply));
                    ++asked_;
                }
            },
            limits);
        thread_ = std::thread([this] { io_.run(); });
    }
    void TearDown() override {
        io_.stop();
        if (thread_.joinable()) thread_.join();
        for (const int client : clients_) ::close(client);
    }

    /// A client that sends nothing or, with `asks`, sends a request and does not read the answer.
    int connect(bool asks = false, After after = After::end) {
        const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
        clients_.push_back(client);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.string().copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        const timeval patience{30, 0};
        (void)::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (asks) ask_at(client, after);
        return client;
    }
    static void ask_at(int client, After after) {
        const std::string words[] = {"x"};
        const auto question = encode_question(words, after).value();
        EXPECT_EQ(::send(client, question.data(), question.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(question.size()));
    }
    /// The text of the next answer; the connection may stay.
    static std::string read_answer(int client, std::size_t size) {
        std::string answer(answer_head + size, '\0');
        const auto got = ::recv(client, answer.data(), answer.size(), MSG_WAITALL);
        EXPECT_EQ(got, static_cast<ssize_t>(answer.size()));
        return answer.substr(answer_head);
    }
    /// The number of bytes up to the end of the stream.
    static std::size_t read_all(int client) {
        std::string buffer(1U << 20U, '\0');
        std::size_t all = 0;
        while (true) {
            const auto size = ::recv(client, buffer.data(), buffer.size(), 0);
            if (size <= 0) return all;
            all += static_cast<std::size_t>(size);
        }
    }
    [[nodiscard]] commands::Outcome ask() const {
        const std::string words[] = {"x"};
        return fronts::ask(path_, words);
    }

    TemporaryDirectory directory_;
    const std::filesystem::path path_ = directory_.path() / "socket";
    boost::asio::io_context io_{1};
    std::optional<std::string> answer_ = "ok\n";
    std::vector<commands::Reply> waiting_;
    std::atomic<int> asked_ = 0;  ///< commands received
    std::vector<int> clients_;
    std::optional<Control> control_;
    std::thread thread_;
};

TEST_F(ControlTest, WhoAsksNothingMakesRoomTheOldestFirst) {
    ControlLimits limits;
    limits.guests = 3;
    start(limits);
    for (int i = 0; i < 20; ++i) connect();
    EXPECT_EQ(ask().text, "ok\n");
    EXPECT_EQ(read_all(clients_.front()), 0U) << "closed";
}

TEST_F(ControlTest, WhoDoesNotReadMakesRoomForAnswers) {
    ControlLimits limits;
    limits.bytes = 10'000'000;
    answer_ = std::string(4'000'000, 'x');  // much more than a socket holds
    start(limits);
    for (int i = 0; i < 3; ++i) {
        connect(true);
        char byte = 0;  // the first byte shows that the answer is being written
        EXPECT_EQ(::recv(clients_.back(), &byte, 1, MSG_PEEK), 1);
    }
    EXPECT_LT(read_all(clients_[0]), answer_->size()) << "cut off";
    EXPECT_EQ(read_all(clients_[2]), answer_head + answer_->size());
    EXPECT_EQ(read_all(clients_[1]), answer_head + answer_->size());
}

TEST_F(ControlTest, OneAnswerMayBeLargerThanAllTogether) {
    ControlLimits limits;
    limits.bytes = 1'000;
    answer_ = std::string(4'000'000, 'x');
    start(limits);
    EXPECT_EQ(ask().text, *answer_);
}

TEST_F(ControlTest, AConnectionTakesQuestionsUntilTheLastOne) {
    start({});
    const int client = connect();
    for (int i = 0; i < 3; ++i) {
        ask_at(client, After::more);
        EXPECT_EQ(read_answer(client, 3), "ok\n") << i;
    }
    ask_at(client, After::end);
    EXPECT_EQ(read_all(client), answer_head + 3);
}

TEST_F(ControlTest, QuestionsSentAheadAreAskedOneAfterTheOther) {
    answer_.reset();
    start({});
    const int client = connect(true, After::more);
    ask_at(client, After::more);
    ask_at(client, After::end);
    for (int i = 1; i <= 3; ++i) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (asked_ < i) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            std::this_thread::yield();
        }
        EXPECT_EQ(asked_, i) << "not before the answer to the last";
        const std::string text(static_cast<std::size_t>(i), 'a');
        waiting_[static_cast<std::size_t>(i) - 1]({commands::Status::ok, text});
        EXPECT_EQ(read_answer(client, text.size()), text);
    }
    EXPECT_EQ(read_all(client), 0U);
}

TEST_F(ControlTest, AnIdleConnectionIsClosed) {
    ControlLimits limits;
    limits.patience = 50ms;
    start(limits);
    const int idle = connect(true, After::more);
    EXPECT_EQ(read_all(idle), answer_head + 3);
    EXPECT_EQ(read_all(connect()), 0U) << "before its first question, too";
}

TEST_F(ControlTest, AConnectionBetweenQuestionsMakesRoom) {
    ControlLimits limits;
    limits.guests = 1;
    start(limits);
    const int idle = connect(true, After::more);
    EXPECT_EQ(read_answer(idle, 3), "ok\n");
    EXPECT_EQ(ask().text, "ok\n");
    EXPECT_EQ(read_all(idle), 0U);
}

TEST_F(ControlTest, IsBusyWhenAllWaitForTheirAnswers) {
    ControlLimits limits;
    limits.guests = 2;
    answer_.reset();
    start(limits);
    for (int i = 0; i < 2; ++i) connect(true);
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (asked_ < 2) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        std::this_thread::yield();
    }
    const auto refused = ask();
    EXPECT_EQ(refused.status, commands::Status::failed);
    EXPECT_EQ(refused.text, "busy: too many questions wait\n");
}

}  // namespace
}  // namespace ci::fronts
