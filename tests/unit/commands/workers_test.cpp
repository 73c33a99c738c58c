#include "commands/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>

#include "commands/commands.h"
#include "wire/patience.h"

namespace ci::commands {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;

WorkerLimits quick() {
    WorkerLimits limits;
    limits.long_after = 1ms;
    limits.longest = 1h;
    limits.longest_if_others_wait = 1h;
    return limits;
}

/// Blocks a thread until it is released or cancelled.
class Poison {
  public:
    ~Poison() { let_go(); }
    void let_go() { *go_ = true; }

    Job job(const std::string& subject) {
        Job job;
        job.subject = subject;
        job.limited = true;
        job.run = [go = go_, begun = begun_] {
            ++*begun;
            while (!*go) {
                wire::may_go_on();
                std::this_thread::yield();
            }
        };
        job.give_up = [given_up = given_up_](auto /*after*/) { ++*given_up; };
        return job;
    }
    [[nodiscard]] int begun() const { return *begun_; }
    [[nodiscard]] int given_up() const { return *given_up_; }

  private:
    using Flag = std::shared_ptr<std::atomic<bool>>;
    using Count = std::shared_ptr<std::atomic<int>>;
    Flag go_ = std::make_shared<std::atomic<bool>>(false);
    Count begun_ = std::make_shared<std::atomic<int>>(0);
    Count given_up_ = std::make_shared<std::atomic<int>>(0);
};

bool is_done(Workers& workers, std::string subject = "") {
    auto done = std::make_shared<std::promise<void>>();
    auto future = done->get_future();
    Job job;
    job.subject = std::move(subject);
    job.run = [done] { done->set_value(); };
    return workers.offer(std::move(job)) && future.wait_for(patience) == std::future_status::ready;
}

template <class Done>
bool until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

TEST(Workers, OneCallKeepsOneThreadHoweverOftenItIsAskedFor) {
    Workers workers(quick());
    Poison poison;
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(workers.offer(poison.job("call poison")));
    EXPECT_TRUE(until([&] { return poison.begun() == 1; }));
    EXPECT_TRUE(is_done(workers));
    EXPECT_TRUE(is_done(workers, "call other"));
    EXPECT_EQ(poison.begun(), 1);
    poison.let_go();
    EXPECT_TRUE(until([&] { return poison.begun() == 10; }));
}

TEST(Workers, OthersGoOnInThePlaceOfThoseThatTakeLong) {
    Workers workers(quick());
    Poison poison;
    for (const char* subject : {"a", "b", "c"}) {
        EXPECT_TRUE(workers.offer(poison.job(subject)));
    }
    EXPECT_TRUE(until([&] { return poison.begun() == 3; }));
    EXPECT_TRUE(is_done(workers));
    EXPECT_TRUE(is_done(workers, "d"));
}

TEST(Workers, WhenAllThreadsAreAtLongJobsTheOldestIsGivenUp) {
    auto limits = quick();
    limits.longest_if_others_wait = 10ms;
    Workers workers(limits);
    Poison poison;
    for (const char* subject : {"a", "b", "c", "d", "e", "f"}) {
        EXPECT_TRUE(workers.offer(poison.job(subject)));
    }
    EXPECT_TRUE(is_done(workers));
    EXPECT_TRUE(is_done(workers, "g"));
    EXPECT_GT(poison.given_up(), 0);
    EXPECT_EQ(static_cast<std::uint64_t>(poison.given_up()), workers.given_up());
}

TEST(Workers, WhatTakesTooLongIsGivenUp) {
    auto limits = quick();
    limits.longest = 10ms;
    Workers workers(limits);
    Poison poison;
    EXPECT_TRUE(workers.offer(poison.job("a")));
    EXPECT_TRUE(until([&] { return poison.given_up() == 1; }));
}

TEST(Workers, SoManyWaitForOneCallAndSoManyForAll) {
    auto limits = quick();
    limits.waiting = 5;
    limits.waiting_of_one = 3;
    Workers workers(limits);
    Poison poison;
    EXPECT_TRUE(workers.offer(poison.job("a")));
    EXPECT_TRUE(until([&] { return poison.begun() == 1; }));
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(workers.offer(poison.job("a")));
    EXPECT_FALSE(workers.offer(poison.job("a")));
    workers.post(poison.job("a"));
    EXPECT_TRUE(is_done(workers, "b"));
    EXPECT_TRUE(is_done(workers));
}

TEST(Workers, StoppingTheyGiveUpWhatMayBe) {
    Poison poison;
    {
        Workers workers(quick());
        EXPECT_TRUE(workers.offer(poison.job("a")));
        EXPECT_TRUE(workers.offer(poison.job("a")));
        EXPECT_TRUE(until([&] { return poison.begun() == 1; }));
    }
    EXPECT_EQ(poison.begun(), 1);
    EXPECT_EQ(poison.given_up(), 1);
}

TEST(Job, QuestionsAboutACallAreItsSubject) {
    const auto of = [](std::vector<std::string> words) { return job_of(words); };
    EXPECT_EQ(of({"ladder", "x"}).subject, of({"callid_details", "x"}).subject);
    EXPECT_NE(of({"ladder", "x"}).subject, of({"ladder", "y"}).subject);
    EXPECT_TRUE(of({"ladder", "x"}).limited);
    EXPECT_EQ(of({"flush", "x"}).subject, of({"flush"}).subject);
    EXPECT_NE(of({"flush"}).subject, of({"ladder", "flush"}).subject);
    EXPECT_FALSE(of({"flush"}).limited);
    EXPECT_EQ(of({"parser_stats"}).subject, "");
    EXPECT_EQ(of({"no such command"}).subject, "");
    EXPECT_EQ(of({}).subject, "");
}

TEST(Workers, AJobThatNobodyWaitsForIsNotBegunAndOneThatPermitsItIsGivenUp) {
    Workers workers(quick());
    Poison poison;
    std::stop_source running, waiting;
    Job job = poison.job("a");
    job.cancelled = running.get_token();
    workers.post(std::move(job));
    Poison never;
    Job next = never.job("a");  // behind the first, because of its subject
    next.cancelled = waiting.get_token();
    workers.post(std::move(next));
    ASSERT_TRUE(until([&] { return poison.begun() == 1; }));
    waiting.request_stop();
    running.request_stop();
    ASSERT_TRUE(is_done(workers, "a"));
    EXPECT_EQ(poison.given_up(), 1);
    EXPECT_EQ(never.begun(), 0);
}

TEST(Workers, AJobThatMustEndIsNotTornByWhoeverAskedForIt) {
    Workers workers(quick());
    Poison poison;
    std::stop_source asker;
    Job job = poison.job("a");
    job.limited = false;
    job.cancelled = asker.get_token();
    workers.post(std::move(job));
    ASSERT_TRUE(until([&] { return poison.begun() == 1; }));
    asker.request_stop();
    poison.let_go();
    ASSERT_TRUE(is_done(workers, "a"));
    EXPECT_EQ(poison.given_up(), 0);
}

}  // namespace
}  // namespace ci::commands
