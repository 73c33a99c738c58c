#include "clocks/learner.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <set>
#include <string>

#include "clocks/identity.h"

namespace ci::clocks {
namespace {

using wire::Micros;

constexpr Micros ms = 1'000;
constexpr Micros second = 1'000 * ms;
constexpr Micros start = 1'800'000'000 * second + 123'457;

const wire::Endpoint one = *wire::parse_endpoint("192.0.2.1:5060");
const wire::Endpoint other = *wire::parse_endpoint("192.0.2.2:5060");

/// Two observers of a hop, 3 s ahead and 7 s behind; the hop takes 400 us in either direction.
class Traffic {
  public:
    explicit Traffic(Learner& learner) : learner_(learner) {}

    chunk::Draft draft(Micros now, std::string_view call, bool there, bool is_sender) {
        chunk::Draft draft;
        draft.call_id = call;
        draft.parser = "p";
        draft.observer = there == is_sender ? "a" : "b";
        draft.src = there ? one : other;
        draft.dst = there ? other : one;
        draft.label = there ? "INVITE sip:b SIP/2.0" : "SIP/2.0 180 Ringing";
        draft.c_seq = "1 INVITE";
        const Micros at = now + (is_sender ? 0 : 400);
        draft.timestamp = start + at + (draft.observer == "a" ? 3 : -7) * second;
        draft.ref_timestamp = start + at + ms;
        return draft;
    }
    void pass(Micros now, const std::string& call) {
        for (const bool there : {true, false}) {
            for (const bool is_sender : {true, false}) {
                const chunk::Draft one_draft = draft(now, call, there, is_sender);
                learner_.take({&one_draft, 1});
            }
        }
    }

  private:
    Learner& learner_;
};

Micros apart(const Learner& learner, Micros now) {
    const auto priors = learner.table().priors();
    EXPECT_EQ(priors.size(), 2U);
    if (priors.size() != 2) return 0;
    return priors[0].offset_at(now) - priors[1].offset_at(now);
}

TEST(Learner, TiesClocksByMessagesThatTwoObserversSaw) {
    Learner learner;
    Traffic traffic(learner);
    for (int i = 0; i < 100; ++i) traffic.pass(i * 50 * ms, "call" + std::to_string(i));
    EXPECT_LE(std::abs(apart(learner, start + 5 * second) - 10 * second), 20);
    EXPECT_LE(learner.table().priors()[1].spread, 3 * ms);
}

TEST(Learner, TakesTheTimeOnTheWayOffHoweverMuchMorePassesOneWay) {
    Learner learner;
    Traffic traffic(learner);
    for (int i = 0; i < 200; ++i) {
        const std::string call = "call" + std::to_string(i);
        for (const bool is_sender : {true, false}) {
            auto draft = traffic.draft(i * 50 * ms, call, i % 10 > 0, is_sender);
            if (!is_sender) draft.timestamp += 20 * ms;
            learner.take({&draft, 1});
        }
    }
    EXPECT_LE(std::abs(apart(learner, start + 10 * second) - 10 * second), ms);
}

TEST(Learner, DoesNotTieWhatWasSentAgain) {
    Learner learner;
    Traffic traffic(learner);
    for (int i = 0; i < 50; ++i) {
        const std::string call = "call" + std::to_string(i);
        const Micros now = i * 50 * ms;
        // The other observer misses the first transmission and sees the retransmission.
        for (const Micros at : {now, now + 500 * ms}) {
            const auto sent = traffic.draft(at, call, true, true);
            learner.take({&sent, 1});
        }
        const auto received = traffic.draft(now + 500 * ms, call, true, false);
        learner.take({&received, 1});
    }
    for (const auto& row : learner.table().rows()) EXPECT_EQ(row.to, "");
}

TEST(Learner, LeavesOutWhatIsNoClocks) {
    Learner learner;
    Traffic traffic(learner);
    auto draft = traffic.draft(0, "call", true, true);
    draft.flags.set(chunk::Flag::no_clock);
    learner.take({&draft, 1});
    draft.flags = {};
    draft.timestamp = start / second * second;
    learner.take({&draft, 1});
    draft.timestamp = start;
    draft.event = "log";
    learner.take({&draft, 1});
    EXPECT_TRUE(learner.table().rows().empty());
}

TEST(Learner, OfVeryMuchTrafficLooksAtAPartOfTheSameMessages) {
    Learner learner;
    Traffic traffic(learner);
    constexpr int messages = 200'000;
    for (int i = 0; i < messages / 4; ++i) traffic.pass(i * 40, "call" + std::to_string(i));
    // Of the first second all messages are taken, of the next one as many as the limit allows.
    std::uint64_t taken = 0;
    std::uint64_t tied = 0;
    for (const auto& row : learner.table().rows())
        (row.to.empty() ? taken : tied) += row.track.count;
    EXPECT_LT(taken, messages / 2 + 2 * Learner::per_second);
    EXPECT_GT(tied, taken * 2 / 5) << "both observers' halves are the same messages";
    EXPECT_LE(std::abs(apart(learner, start + 2 * second) - 10 * second), 20);
}

TEST(Learner, IsBoundedHoweverManyObserversThereAre) {
    Learner learner;
    Traffic traffic(learner);
    std::deque<std::string> names;
    for (int i = 0; i < 3'000; ++i) {
        auto draft = traffic.draft(i * ms, "call", true, true);
        draft.observer = names.emplace_back("observer" + std::to_string(i));
        learner.take({&draft, 1});
    }
    EXPECT_LE(learner.table().rows().size(),
              clocks::ClockTable::max_observers + clocks::ClockTable::max_pairs);
    EXPECT_GT(learner.table().overflow(), 0U);
    std::set<std::string> followed;
    for (const auto& row : learner.table().rows()) {
        if (row.to.empty()) followed.insert(row.from);
    }
    for (const auto& row : learner.table().rows()) {
        EXPECT_TRUE(row.to.empty() || (followed.contains(row.from) && followed.contains(row.to)))
            << row.from << " and " << row.to;
    }
}

TEST(Identity, TellsMessagesApartByWhatMirroringLeavesAsItIs) {
    Learner learner;
    Traffic traffic(learner);
    const auto draft = traffic.draft(0, "call", true, true);
    auto same = draft;
    same.observer = "b";
    same.timestamp += 5;
    same.message = "padded";
    EXPECT_EQ(identity(draft), identity(same));
    const auto changed = [&](auto change) {
        auto copy = draft;
        change(copy);
        return identity(copy) != identity(draft);
    };
    EXPECT_TRUE(changed([](auto& d) { d.call_id = "another"; }));
    EXPECT_TRUE(changed([](auto& d) { d.c_seq = "2 INVITE"; }));
    EXPECT_TRUE(changed([](auto& d) { d.label = "CANCEL sip:b SIP/2.0"; }));
    EXPECT_TRUE(changed([](auto& d) { std::swap(d.src, d.dst); }));
    EXPECT_TRUE(changed([](auto& d) { d.dst.port = 1; }));
}

}  // namespace
}  // namespace ci::clocks
