#include "fronts/amqp_answers.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace ci::fronts {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_patience = 10s;

std::string said(const std::string& event, const std::string& members) {
    return R"({"App-Name":"x","App-Version":"1","Event-Category":"call_inspector","Msg-ID":"7",)"
           R"("Event-Name":")" +
           event + "\"," + members + "}";
}
const std::string lookup = said("lookup_req", R"("Call-ID":"a@b","Server-ID":"asker")");
const std::string a_peer = said("present", R"("Instance":"p","Node":"p@vm","Server-ID":"pq")");

/// Workers, a store, and a broker that records publications.
class AmqpAnswersTest : public testing::Test {
  protected:
    void TearDown() override {
        answers_.reset();
        workers_.join();
    }

    AmqpAnswers::Hooks hooks() {
        AmqpAnswers::Hooks hooks;
        hooks.work = [this](const commands::Job& job) { boost::asio::post(workers_, job.run); };
        hooks.look_up = [this](const amqp::Question& question) { return look_up_(question); };
        hooks.priors = [] { return std::make_shared<const std::vector<order::ClockPrior>>(); };
        hooks.publish = [this](amqp::Publication publication) {
            const std::scoped_lock lock(mutex_);
            published_.push_back(std::move(publication));
        };
        hooks.transport = [] { return AmqpTransport{"host:1", 3, 4, ""}; };
        return hooks;
    }
    void start(wire::Micros gather = 500'000) {
        amqp::Limits limits;
        limits.gather = gather;
        answers_.emplace(io_, hooks(), limits);
        answers_->bound("queue", "me@vm");
    }
    void take(const std::string& body) {
        answers_->take(body, [this](const commands::Outcome& outcome) {
            const std::scoped_lock lock(mutex_);
            replies_.push_back(outcome);
        });
    }
    /// The first publication with that key.
    std::string published(const std::string& key) {
        std::string body;
        const auto is_there = [&] {
            const std::scoped_lock lock(mutex_);
            for (const auto& one : published_) {
                if (one.key == key) body = one.body;
            }
            return !body.empty();
        };
        until(is_there);
        return body;
    }
    template <class Done>
    void until(Done done) {
        const auto deadline = std::chrono::steady_clock::now() + answer_patience;
        while (!done()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "nothing happens";
            io_.restart();
            io_.run_one_for(1ms);
        }
    }
    [[nodiscard]] std::size_t replies() {
        const std::scoped_lock lock(mutex_);
        return replies_.size();
    }

    boost::asio::io_context io_;
    boost::asio::thread_pool workers_{2};
    std::function<amqp::Found(const amqp::Question&)> look_up_ = [](const auto& /*question*/) {
        return amqp::Found{};
    };
    std::mutex mutex_;
    std::vector<amqp::Publication> published_;
    std::vector<commands::Outcome> replies_;
    std::optional<AmqpAnswers> answers_;
};

TEST_F(AmqpAnswersTest, AnswersFromTheStore) {
    start();
    take(lookup);
    EXPECT_NE(published("asker").find(R"("Event-Name":"lookup_resp")"), std::string::npos);
    until([this] { return replies() == 1; });
    EXPECT_EQ(replies_[0].status, commands::Status::ok);
}

TEST_F(AmqpAnswersTest, RefusesWhatIsMalformedWithTheReason) {
    start();
    take("{");
    until([this] { return replies() == 1; });
    EXPECT_EQ(replies_[0].status, commands::Status::failed);
    EXPECT_EQ(replies_[0].text, "malformed message: not_json\n");
    EXPECT_NE(answers_->stats()().find(R"("not_json":1)"), std::string::npos);
}

TEST_F(AmqpAnswersTest, AnswersWhenTheBoundIsOver) {
    start(1'000);
    take(a_peer);
    until([this] { return replies() == 1; });
    take(lookup);
    EXPECT_NE(published("asker").find(R"("Missing":["p@vm"])"), std::string::npos);
}

TEST_F(AmqpAnswersTest, AnswersAlsoWhenTheStoreThrows) {
    look_up_ = [](const auto& /*question*/) -> amqp::Found { throw std::runtime_error("no"); };
    start();
    take(lookup);
    EXPECT_NE(published("asker").find(R"("Missing":["me@vm"])"), std::string::npos);
}

TEST_F(AmqpAnswersTest, SaysNothingWithoutAQueue) {
    start();
    answers_->unbound();
    take(lookup);
    until([this] { return replies() == 1; });
    EXPECT_EQ(published_.size(), 1U);  // only the earlier presence
    EXPECT_NE(answers_->stats()().find(R"("bound":false)"), std::string::npos);
}

TEST_F(AmqpAnswersTest, TellsWhatBecameOfEverything) {
    start();
    take(a_peer);
    until([this] { return replies() == 1; });
    take(lookup);
    (void)published("call_inspector.gather");
    const std::string stats = answers_->stats()();
    for (const char* member : {R"("queue":"queue")", R"("node":"p@vm")", R"("received":2)",
                               R"("broker":"host:1")", R"("reconnects":3)", R"("dropped":4)"}) {
        EXPECT_NE(stats.find(member), std::string::npos) << member << " in " << stats;
    }
}

TEST_F(AmqpAnswersTest, LeavesWorkersThatAreLateWithNothingToDo) {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_asked = false, may_go = false;
    look_up_ = [&](const auto& /*question*/) {
        std::unique_lock lock(mutex);
        is_asked = true;
        changed.notify_all();
        changed.wait(lock, [&] { return may_go; });
        return amqp::Found{};
    };
    start();
    const auto stats = answers_->stats();
    take(lookup);
    {
        std::unique_lock lock(mutex);
        ASSERT_TRUE(changed.wait_for(lock, answer_patience, [&] { return is_asked; }));
    }
    answers_.reset();
    {
        const std::scoped_lock lock(mutex);
        may_go = true;
        changed.notify_all();
    }
    workers_.join();
    EXPECT_EQ(published_.size(), 1U);
    EXPECT_EQ(stats(), "");
}

TEST_F(AmqpAnswersTest, AsksOthersForACommand) {
    start(60'000'000);
    take(a_peer);
    until([this] { return replies() == 1; });
    amqp::Inquiry inquiry;
    inquiry.expression = "x";
    inquiry.most = 1;
    std::optional<amqp::Gathered> gathered;
    const auto done = [&](amqp::Gathered all) {
        const std::scoped_lock lock(mutex_);
        gathered = std::move(all);
    };
    const auto is_done = [&] {
        const std::scoped_lock lock(mutex_);
        return gathered.has_value();
    };
    const auto ask = answers_->ask_others();
    ask(inquiry, {}, done);
    const std::string asked = published("call_inspector.inquiry");
    const std::string id = asked.substr(asked.find("\"Msg-ID\":\"") + 10);
    std::string report = said("inquiry_resp", R"("Instance":"p","Rows":[])");
    report.replace(report.find("\"7\""), 3, "\"" + id.substr(0, id.find('"')) + "\"");
    take(report);
    until(is_done);
    EXPECT_EQ(gathered->reports.size(), 1U);
    EXPECT_EQ(gathered->own_name, "me@vm");

    gathered.reset();
    ask(inquiry, {}, done);
    answers_->unbound();
    until(is_done);
    EXPECT_EQ(gathered->alone, "the connection to the broker was lost");

    gathered.reset();
    answers_.reset();
    ask(inquiry, {}, done);
    EXPECT_EQ(gathered->alone, "the inspector ends");
}

}  // namespace
}  // namespace ci::fronts
