#include "store/journal/backlog.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

namespace ci::store {
namespace {

using Clock = Backlog::Clock;

/// A backlog without threads: the test plays the journal and the call file writer.
class BacklogTest : public testing::Test {
  protected:
    /// Whether there was room. A line that was taken is in the journal afterwards.
    bool take(const std::string& call) {
        const std::string text = R"({"call-id":")" + call + "\"}\n";
        const Line line{text, key_of(text)};
        if (backlog_.add({&line, 1}) == 0) return false;
        const auto next = backlog_.next_lines(Clock::now());
        backlog_.journalled(next.lines->entries.size(), segment_, size_);
        size_ += next.lines->text.size();
        return true;
    }
    /// The number of calls of one message each that find room.
    int fill(const std::string& name) {
        int taken = 0;
        while (taken < 100'000 && take(name + std::to_string(taken))) ++taken;
        return taken;
    }
    /// Moves the oldest block into the calls' files.
    std::size_t shelve() {
        Backlog::Done done;
        done.blocks = backlog_.oldest(0);
        for (const auto& block : done.blocks) done.counts.shelved += block->entries().size();
        const std::size_t shelved = done.counts.shelved;
        (void)backlog_.done(std::move(done));
        return shelved;
    }
    /// Begins a new block for the lines journalled from here on.
    void begin_block() {
        (void)backlog_.oldest(0);
        segment_ = std::make_shared<Segment>();
        size_ = 0;
    }

    static constexpr std::size_t most = 1'600;
    Backlog backlog_{Room{64U << 20U, most}};
    std::shared_ptr<Segment> segment_ = std::make_shared<Segment>();
    std::size_t size_ = 0;
};

TEST_F(BacklogTest, NewCallsGetThreeQuartersAndThoseThatHaveBegunTheRest) {
    EXPECT_EQ(fill("call"), 1'200);
    EXPECT_FALSE(take("new"));
    int more = 0;
    while (take("call1")) ++more;
    EXPECT_EQ(more, 400);
}

TEST_F(BacklogTest, TakesNewOnesOnlyUpToWhatWasShelved) {
    // Blocks of 50, so that shelving one leaves more than three quarters waiting.
    for (int i = 0; i < 1'200; ++i) {
        if (i % 50 == 0) begin_block();
        ASSERT_TRUE(take("a" + std::to_string(i)));
    }
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(take("a1"));
    EXPECT_FALSE(take("b"));
    EXPECT_EQ(shelve(), 50U);
    EXPECT_EQ(fill("c"), 50);
    EXPECT_EQ(shelve(), 50U);
    for (int i = 0; i < 30; ++i) EXPECT_TRUE(take("a1")) << "it has begun";
    EXPECT_EQ(fill("d"), 20);
}

TEST_F(BacklogTest, ACallThatWasRefusedIsNotTakenInPieces) {
    for (int i = 0; i < 1'200; ++i) {
        if (i % 300 == 0) begin_block();
        ASSERT_TRUE(take("a" + std::to_string(i)));
    }
    EXPECT_FALSE(take("b"));
    EXPECT_EQ(shelve(), 300U);
    EXPECT_TRUE(take("c"));
    EXPECT_FALSE(take("b")) << "its first message is missing";
    EXPECT_EQ(shelve(), 300U);
    EXPECT_TRUE(take("b")) << "half of the room is free";
}

/// Else a kill would leave the lines in the journal, and nothing that says that they are gone.
TEST_F(BacklogTest, TheMarkOfAFlushStaysWhileAnOlderSegmentDoes) {
    const auto lines = std::make_shared<Segment>(), mark = std::make_shared<Segment>();
    lines->closed = mark->closed = true;
    const Entry line{7, least_seq, 0, 10};
    backlog_.recover(lines, {&line, 1});
    const Entry control{0, least_seq + 1, 0, 10};
    backlog_.recover(mark, {&control, 1});
    Backlog::Done done;
    done.blocks = backlog_.oldest(1'000);
    ASSERT_EQ(done.blocks.size(), 2U);
    done.stuck.push_back({lines, line});
    EXPECT_TRUE(backlog_.done(std::move(done)).empty());
    const Waiting::Ref ref{lines, line};
    EXPECT_EQ(backlog_.unstick({&ref, 1}, {.flushed = 1}), (Backlog::Segments{lines, mark}));
}

/// This must be fast, because intake and questions wait for it.
/// A full disk may be full of this very segment, so it must go before the next write succeeds.
TEST_F(BacklogTest, ASegmentIsRemovedOnceItsLinesAreDoneAlthoughTheNextWriteFails) {
    ASSERT_TRUE(take("a"));
    const std::string text = "{\"call-id\":\"b\"}\n";
    const Line line{text, key_of(text)};
    ASSERT_EQ(backlog_.add({&line, 1}), 1U);
    (void)backlog_.next_lines(Clock::now());
    shelve();
    EXPECT_TRUE(backlog_.close_idle_segment().empty()) << "it is still written to";
    backlog_.close_failed_segment();
    EXPECT_EQ(backlog_.close_idle_segment(), Backlog::Segments{segment_});
}

TEST_F(BacklogTest, TheJournalLeavesRoomOnTheDiskToCallsFilesThatWaitForIt) {
    backlog_.files_need_room(true);
    std::atomic<bool> has_room{false};
    std::atomic<bool> is_over{false}, was_in_turn{false};
    std::jthread journal([&] {
        was_in_turn = backlog_.pause(std::chrono::milliseconds(0)) && has_room;
        is_over = true;
    });
    const auto until = Clock::now() + std::chrono::milliseconds(50);
    while (!is_over && Clock::now() < until) std::this_thread::yield();
    has_room = true;
    backlog_.files_need_room(false);
    journal.join();
    EXPECT_TRUE(was_in_turn);
}

TEST_F(BacklogTest, TheEndOfTheStoreWaitsForNoRoom) {
    backlog_.files_need_room(true);
    backlog_.end();
    EXPECT_FALSE(backlog_.pause(std::chrono::milliseconds(0)));
}

TEST_F(BacklogTest, ManyStuckLinesOfACallAreFreedInAMoment) {
    constexpr int n = 200'000;
    Backlog backlog{Room{1U << 30U, 10 * n}};
    const std::string text = R"({"call-id":"stuck"})"
                             "\n";
    const Line line{text, key_of(text)};
    for (int i = 0; i < n; ++i) ASSERT_EQ(backlog.add({&line, 1}), 1U);
    const auto next = backlog.next_lines(Clock::now());
    backlog.journalled(next.lines->entries.size(), segment_, 0);
    Backlog::Done done;
    done.blocks = backlog.oldest(1U << 30U);
    for (const auto& block : done.blocks) {
        for (const Entry& entry : block->entries()) done.stuck.push_back({block->segment(), entry});
    }
    (void)backlog.done(std::move(done));
    const auto hashes = backlog.stuck();
    ASSERT_EQ(hashes.size(), 1U);
    std::size_t freed = 0;
    while (backlog.is_stuck(hashes[0])) {
        const auto some = backlog.stuck(hashes[0], 64U << 10U);
        freed += some.size();
        const auto begin = Clock::now();
        (void)backlog.unstick(some, {.shelved = some.size()});
        EXPECT_LT(Clock::now() - begin, std::chrono::seconds(1));
    }
    EXPECT_EQ(freed, static_cast<std::size_t>(n));
    EXPECT_EQ(backlog.counts().waiting(), 0U);
}

}  // namespace
}  // namespace ci::store
