#include "clocks/delivery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "clocks/kept_clocks.h"
#include "clocks/learner.h"

namespace ci::clocks::delivery_test {
namespace {

using wire::Micros;
using Kind = Delivery::Kind;

constexpr Micros ms = 1'000;
constexpr Micros second = 1'000 * ms;
constexpr Micros minute = 60 * second;
constexpr Micros hour = 60 * minute;
constexpr Micros start = 1'800'000'000 * second + 123'457;

const wire::Endpoint one = *wire::parse_endpoint("192.0.2.1:5060");
const wire::Endpoint other = *wire::parse_endpoint("192.0.2.2:5060");

/// A value at a time since the start.
using At = std::function<Micros(Micros)>;

At always(Micros value) {
    return [value](Micros) { return value; };
}
At from(Micros when, Micros value) {
    return [=](Micros time) { return time < when ? 0 : value; };
}
At every(Micros period) {
    return [=](Micros time) { return period - time % period; };
}
/// Messages of this time are held back and sent at its end, within a second.
At held_back(Micros begin, Micros end) {
    return [=](Micros time) {
        if (time < begin || time >= end) return Micros{0};
        return end - time + (time - begin) * second / (end - begin);
    };
}

struct Observer {
    std::string name;
    At ahead = always(0);  ///< its clock
    At delay = always(0);  ///< of its link
};

/// Messages between two hosts, in turns; each observer reports all of them.
class Traffic {
  public:
    explicit Traffic(std::vector<Observer> observers, Micros step = second)
        : observers_(std::move(observers)), step_(step) {}

    /// Reports what is made until then, and what of it arrives.
    void run(Learner& learner, Micros until) {
        struct Message {
            Micros arrival, made;
            const Observer* observer;
        };
        std::vector<Message> messages;
        for (Micros time = 0; time < until; time += step_) {
            for (const Observer& observer : observers_) {
                const Micros arrival = time + 2 * ms + observer.delay(time);
                if (arrival < until) messages.push_back({arrival, time, &observer});
            }
        }
        std::stable_sort(messages.begin(), messages.end(),
                         [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
        for (const Message& message : messages) {
            const std::string call = "call" + std::to_string(message.made);
            const bool there = message.made / step_ % 2 == 0;
            chunk::Draft draft;
            draft.call_id = call;
            draft.observer = message.observer->name;
            draft.src = there ? one : other;
            draft.dst = there ? other : one;
            draft.label = "INFO sip:b SIP/2.0";
            draft.c_seq = "1 INFO";
            // Stamps of whole seconds are no clock's.
            draft.timestamp = start + message.made + message.observer->ahead(message.made);
            draft.ref_timestamp = start + message.arrival;
            learner.take({&draft, 1});
        }
        end_ = start + until;
    }
    [[nodiscard]] Micros end() const { return end_; }

  private:
    std::vector<Observer> observers_;
    Micros step_, end_ = 0;
};

KnownClock known(const Learner& learner, std::string_view observer) {
    for (auto& found : learner.table().known()) {
        if (found.prior.observer == observer) return found;
    }
    ADD_FAILURE() << "not known: " << observer;
    return {};
}

struct Expected {
    Micros offset;
    Kind kind;
    Micros median, worst, within = 10 * ms;
    Micros offset_within = 10 * ms;
};

void expect(const KnownClock& clock, Micros at, const Expected& expected) {
    const Micros offset = clock.prior.offset_at(at);
    EXPECT_LE(std::abs(offset - expected.offset), expected.offset_within) << offset;
    EXPECT_EQ(delivery_names[static_cast<std::size_t>(clock.delivery.kind)],
              delivery_names[static_cast<std::size_t>(expected.kind)]);
    EXPECT_LE(std::abs(clock.delivery.median - expected.median), expected.within)
        << clock.delivery.median;
    EXPECT_LE(std::abs(clock.delivery.worst - expected.worst), expected.within)
        << clock.delivery.worst;
}

/// What is learnt of b beside a, whose link is prompt.
KnownClock beside(const Observer& b, Micros until, Micros step = second) {
    Learner learner;
    Traffic({{"a"}, b}, step).run(learner, until);
    const auto a = known(learner, "a");
    expect(a, start + until, {0, Kind::prompt, 2 * ms, 2 * ms});
    const auto clock = known(learner, "b");
    EXPECT_TRUE(clock.delivery.by_others);
    return clock;
}

/// What is learnt of b, of which no other observer shows anything.
KnownClock alone(const Observer& b, Micros until, Micros step = second) {
    Learner learner;
    Traffic({b}, step).run(learner, until);
    const auto clock = known(learner, "b");
    EXPECT_FALSE(clock.delivery.by_others);
    return clock;
}

constexpr Micros a_while = 20 * minute;
constexpr Micros end = start + a_while;

TEST(Delivery, OfAPromptLinkIsPromptWhateverItsClockShows) {
    for (const Micros ahead : {Micros{0}, 3 * second, -3 * second, -hour}) {
        const Observer b{"b", always(ahead)};
        expect(beside(b, a_while), end, {ahead, Kind::prompt, 2 * ms, 2 * ms});
        expect(alone(b, a_while), end, {ahead, Kind::prompt, 2 * ms, 2 * ms});
    }
}

TEST(Delivery, OfALateLinkIsLateAndItsClockIsNotSlow) {
    for (const Micros delay : {300 * ms, 3 * second, hour}) {
        for (const Micros ahead : {Micros{0}, -7 * second}) {
            const Observer b{"b", always(ahead), always(delay)};
            expect(beside(b, delay + a_while), start + delay + a_while,
                   {ahead, Kind::late, delay, delay});
        }
    }
}

TEST(Delivery, OfAClockThatIsAheadNowAndThenIsPromptAndTheClockStays) {
    const At sometimes = [](Micros time) { return time / second % 100 == 50 ? second : 0; };
    expect(alone({"b", sometimes}, hour), start + hour, {0, Kind::prompt, 2 * ms, 2 * ms});
}

TEST(Delivery, OfNoSpoolLastsLongerThanADay) {
    // The clock was set back by 36 hours in a silence of 40.
    const At silent = [](Micros time) {
        return time >= hour && time < 41 * hour ? 100 * hour : Micros{0};
    };
    const Observer b{"b", from(41 * hour, -36 * hour), silent};
    expect(alone(b, 42 * hour, 10 * second), start + 42 * hour,
           {-36 * hour, Kind::prompt, 2 * ms, 2 * ms});
}

TEST(Delivery, OfMoreThanAnHourAgoIsForgotten) {
    // A message in five minutes: the slots of two hours and a half are kept.
    const At late_once = [](Micros time) {
        return time >= 30 * minute && time < 40 * minute ? 3 * second : Micros{0};
    };
    expect(beside({"b", always(0), late_once}, 150 * minute, 5 * minute), start + 150 * minute,
           {0, Kind::prompt, 2 * ms, 2 * ms});
}

TEST(Delivery, ThatBecomesPrompterMeanwhileDoesNotGrow) {
    const auto kind_of = [](std::initializer_list<Micros> delays) {
        Delays all;
        Micros at = start;
        for (const Micros delay : delays) all.add(at += 20 * second, delay);
        return all.judge(0, 0).kind;
    };
    EXPECT_EQ(kind_of({0, 200 * ms, 300 * ms, 400 * ms, 500 * ms, 700 * ms}), Kind::growing);
    EXPECT_EQ(kind_of({0, 300 * ms, 200 * ms, 400 * ms, 500 * ms, 700 * ms}), Kind::late);
}

TEST(Delivery, ThatNothingTellsFromTheClockCountsAsTheClocks) {
    const Observer b{"b", always(0), always(3 * second)};
    expect(alone(b, a_while), end, {-3 * second, Kind::prompt, 2 * ms, 2 * ms});
}

TEST(Delivery, FollowsADriftingClockOverALateLink) {
    const At drifting = [](Micros time) { return -time / 20'000; };  // 50 ppm
    const auto clock = beside({"b", drifting, always(hour)}, 2 * hour);
    expect(clock, start + 2 * hour, {drifting(2 * hour), Kind::late, hour, hour, 20 * ms, 20 * ms});
    EXPECT_NEAR(clock.prior.drift, -50e-6, 5e-6);
}

TEST(Delivery, InBatchesIsToldFromAClock) {
    const Observer b{"b", always(0), every(30 * second)};
    const Expected expected{0, Kind::batches, 15 * second, 30 * second, 2 * second, 2 * second};
    expect(alone(b, a_while), end, expected);
    const auto tied = beside(b, a_while);
    expect(tied, end, expected);
    EXPECT_LE(std::abs(tied.prior.offset_at(end)), 5 * ms);
    EXPECT_LE(std::abs(tied.delivery.worst - 30 * second), 10 * ms);
    EXPECT_EQ(tied.prior.late, tied.delivery.worst);
}

/// A link that halts so long in each five seconds.
At halting(Micros halt) {
    return [halt](Micros time) { return std::max<Micros>(0, halt - time % (5 * second)); };
}

TEST(Delivery, IsThatOfMostMessages) {
    // 50 messages a second are more than the sample of a slot.
    for (const Micros step : {200 * ms, 20 * ms}) {
        const Micros until = 4 * minute;
        const auto few = beside({"b", always(0), halting(2 * second)}, until, step);
        EXPECT_LE(few.delivery.median, 10 * ms);
        // Three in five wait, a sixth of these for less than half a second.
        const auto most = beside({"b", always(0), halting(3 * second)}, until, step);
        EXPECT_LE(std::abs(most.delivery.median - 500 * ms), 350 * ms) << most.delivery.median;
        EXPECT_LE(std::abs(most.delivery.worst - 3 * second), 10 * ms) << most.delivery.worst;
    }
}

TEST(Delivery, OfASpoolDisturbsNoClock) {
    const Observer b{"b", always(0), held_back(10 * minute, 20 * minute)};
    const Expected expected{0, Kind::spooled, 2 * ms, 10 * minute};
    for (const Micros step : {second, 100 * ms}) {
        for (const auto& clock : {alone(b, 25 * minute, step), beside(b, 25 * minute, step)}) {
            expect(clock, start + 25 * minute, expected);
            EXPECT_LT(clock.prior.since, start + 2 * second) << "no clock was set";
        }
    }
    expect(alone(b, 2 * hour), start + 2 * hour, {0, Kind::prompt, 2 * ms, 2 * ms});
}

TEST(Delivery, OfASpoolWithWhichAnObserverBeginsDisturbsNoClock) {
    const Observer b{"b", always(0), held_back(0, 10 * minute)};
    const Expected expected{0, Kind::spooled, 2 * ms, 10 * minute};
    expect(alone(b, a_while), end, expected);
    expect(beside(b, a_while), end, expected);
}

TEST(Delivery, OfALinkThatBecomesLateIsLateAndTheClockStays) {
    for (const Micros delay : {300 * ms, 3 * second, 10 * minute}) {
        const Observer b{"b", always(0), from(10 * minute, delay)};
        const Micros until = delay + 30 * minute;
        const Expected expected{0, Kind::late, delay, delay};
        for (const auto& clock : {alone(b, until), beside(b, until)}) {
            expect(clock, start + until, expected);
            EXPECT_LT(clock.prior.since, start + 2 * second) << "no clock was set";
        }
    }
}

TEST(Delivery, AfterASilenceOfTheSameLengthStaysLate) {
    // With ten messages a second, a clock that is set back by 3 s shows in its stamps.
    const Observer b{"b", always(0), from(10 * minute, 3 * second)};
    expect(alone(b, 3 * hour, 100 * ms), start + 3 * hour, {0, Kind::late, 3 * second, 3 * second});
}

TEST(Delivery, OfALinkThatBecomesPromptIsPrompt) {
    const At delay = [](Micros time) { return time < 10 * minute ? 3 * second : 0; };
    const Observer b{"b", always(0), delay};
    EXPECT_EQ(beside(b, a_while).delivery.kind, Kind::prompt);
    expect(alone(b, a_while), end, {0, Kind::prompt, 2 * ms, 2 * ms});
}

TEST(Delivery, OfAClockThatWasSetStaysPrompt) {
    for (const Micros ahead : {-3 * second, -hour, 3 * second, hour}) {
        const Observer b{"b", from(10 * minute, ahead)};
        for (const auto& clock : {alone(b, a_while), beside(b, a_while)}) {
            expect(clock, end, {ahead, Kind::prompt, 2 * ms, 2 * ms});
            EXPECT_LE(std::abs(clock.prior.since - start - 10 * minute), 15 * second);
        }
    }
}

TEST(Delivery, InBatchesIsThatOfTheClockAfterItWasSet) {
    for (const Micros ahead : {-3 * second, -hour, hour}) {
        const auto clock = beside({"b", from(10 * minute, ahead), every(30 * second)}, a_while);
        expect(clock, end, {ahead, Kind::batches, 15 * second, 30 * second, 2 * second});
        EXPECT_LE(std::abs(clock.delivery.worst - 30 * second), 10 * ms);
    }
}

TEST(Delivery, OfAClockThatWasSetBackInASilenceIsToldByOthers) {
    const Observer b{"b", from(10 * minute, -3 * second)};
    const Expected expected{-3 * second, Kind::prompt, 2 * ms, 2 * ms};
    expect(beside(b, 40 * minute, 20 * second), start + 40 * minute, expected);
    // Without others it may be late as well, until it has been so for an hour.
    const auto clock = alone(b, 40 * minute, 20 * second);
    expect(clock, start + 40 * minute, {0, Kind::late, 3 * second, 3 * second});
    expect(alone(b, 2 * hour, 20 * second), start + 2 * hour, expected);
}

TEST(Delivery, OfALinkThatFallsBehindGrows) {
    const At delay = [](Micros time) { return std::max<Micros>(0, (time - 5 * minute) / 10); };
    const Observer b{"b", always(0), delay};
    for (const auto& clock : {alone(b, a_while), beside(b, a_while)}) {
        EXPECT_EQ(clock.delivery.kind, Kind::growing);
        EXPECT_LE(std::abs(clock.prior.offset_at(end)), 10 * ms);
        EXPECT_LE(std::abs(clock.delivery.worst - 82 * second), 2 * second);
    }
    // An hour later it has not become a slow clock.
    EXPECT_LE(std::abs(alone(b, 3 * hour).prior.offset_at(start + 3 * hour)), 100 * ms);
}

TEST(Delivery, OfALinkThatFallsBehindFromTheBeginningCountsTheBeginning) {
    const Observer b{"b", always(0), [](Micros time) { return time / 5; }};
    // What arrives in the middle of five minutes was made 125 s after their beginning.
    for (const auto& clock : {alone(b, 5 * minute), beside(b, 5 * minute)}) {
        EXPECT_EQ(clock.delivery.kind, Kind::growing);
        EXPECT_LE(std::abs(clock.delivery.median - 25 * second), second) << clock.delivery.median;
    }
}

TEST(Delivery, OfTwoLateLinksIsThatOfTheLaterOne) {
    Learner learner;
    const Observer a{"a", always(5 * second), always(3 * second)};
    const Observer b{"b", always(-second), always(hour)};
    Traffic({a, b}).run(learner, hour + a_while);
    const Micros now = start + hour + a_while;
    expect(known(learner, "a"), now, {2 * second, Kind::prompt, 2 * ms, 2 * ms});
    EXPECT_FALSE(known(learner, "a").delivery.by_others);
    const Micros later = hour - 3 * second;
    expect(known(learner, "b"), now, {-4 * second, Kind::late, later, later});
    EXPECT_TRUE(known(learner, "b").delivery.by_others);
}

TEST(Delivery, OfTwoLateLinksAThirdObserverTells) {
    Learner learner;
    const Observer a{"a", always(5 * second), always(3 * second)};
    const Observer b{"b", always(-second), always(hour)};
    Traffic({a, b, {"c"}}).run(learner, hour + a_while);
    const Micros now = start + hour + a_while;
    expect(known(learner, "a"), now, {5 * second, Kind::late, 3 * second, 3 * second});
    expect(known(learner, "b"), now, {-second, Kind::late, hour, hour});
    expect(known(learner, "c"), now, {0, Kind::prompt, 2 * ms, 2 * ms});
}

TEST(Delivery, OfALateLinkIsKnownHoweverMuchPassesMeanwhile) {
    const Observer b{"b", always(0), always(16 * minute)};
    const auto clock = beside(b, 17 * minute, 4 * ms);
    expect(clock, start + 17 * minute, {0, Kind::late, 16 * minute, 16 * minute});
    EXPECT_GE(clock.prior.count, 100U) << "messages that were still remembered";
}

TEST(Delivery, ToleratesJitterAndAFewDelays) {
    const At delay = [](Micros time) {
        const auto number = static_cast<Micros>(std::hash<Micros>{}(time * 7919) % 60);
        return time % (7 * minute) == 0 ? 2 * second : number * ms;
    };
    for (const auto& clock :
         {alone({"b", always(0), delay}, hour), beside({"b", always(0), delay}, hour)}) {
        EXPECT_EQ(clock.delivery.kind, Kind::prompt);
        EXPECT_LE(std::abs(clock.prior.offset_at(start + hour)), 60 * ms);
        EXPECT_LE(std::abs(clock.delivery.worst - 2 * second), 60 * ms);
    }
}

TEST(Delivery, IsKeptOverARestart) {
    Learner learner;
    Traffic({{"a"}, {"b", always(0), every(30 * second)}}).run(learner, a_while);
    const auto before = known(learner, "b").delivery;
    const auto kept = read_clocks(to_text(learner.table().rows()), 0);
    EXPECT_EQ(kept.skipped, 0U);
    Learner again;
    again.restore(kept.rows);
    const auto after = known(again, "b").delivery;
    EXPECT_EQ(after.kind, Kind::batches);
    EXPECT_EQ(after.kind, before.kind);
    EXPECT_EQ(after.median, before.median);
    EXPECT_EQ(after.worst, before.worst);
    EXPECT_EQ(after.by_others, before.by_others);
}

}  // namespace
}  // namespace ci::clocks::delivery_test
