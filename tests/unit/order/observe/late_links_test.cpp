#include "order/observe/late_links.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "order/observe/observation.h"
#include "order/order.h"
#include "order/scene.h"

namespace ci::order {
namespace {

using chunk::Chunk;
using wire::Micros;

constexpr Micros ms = scene::ms;
constexpr std::nullopt_t no_clock = std::nullopt;

/// Observers report numbered messages between alice and the proxy: odd ones to the proxy, even ones
/// back. All times are milliseconds.
class LateLinks : public testing::Test {
  protected:
    void see(const std::string& observer, int number, std::optional<Micros> stamp, Micros arrival) {
        const bool up = number % 2 == 1;
        const std::string cseq = std::to_string(number);
        scene::Text text{"INFO", cseq + " INFO", {"b" + cseq}, "", ""};
        Chunk chunk;
        chunk.call_id = "scene";
        chunk.parser = chunk.observer = observer;
        chunk.src = up ? scene::alice : scene::proxy;
        chunk.dst = up ? scene::proxy : scene::alice;
        chunk.label = text.label();
        chunk.c_seq = text.cseq;
        chunk.message = text.message();
        chunk.ref_timestamp = scene::start + arrival * ms;
        chunk.timestamp = stamp ? scene::start + *stamp * ms : *chunk.ref_timestamp;
        if (!stamp) chunk.flags.set(chunk::Flag::no_clock);
        chunks_.push_back(chunk);
    }
    /// As a prompt link with a right clock brings it.
    void prompt(const std::string& observer, std::initializer_list<std::pair<int, Micros>> all) {
        for (const auto& [number, at] : all) see(observer, number, at, at + 2);
    }

    /// (number, corrected arrival) of one observer's reports, in that order.
    std::vector<std::pair<int, Micros>> arrivals(const std::string& observer) const {
        const Observations observations = observe(chunks_);
        std::vector<std::pair<int, Micros>> found;
        for (const Observation& seen : observations.all) {
            if (observations.observers[seen.observer] != observer) continue;
            found.emplace_back(static_cast<int>(seen.number), (seen.arrival - scene::start) / ms);
        }
        return found;
    }
    using All = std::vector<std::pair<int, Micros>>;

    std::vector<Chunk> chunks_;
};

TEST_F(LateLinks, APromptLinkIsLeftAsItIs) {
    prompt("a", {{1, 0}, {2, 100}, {3, 5'000}});
    see("b", 1, 0, 90);
    see("b", 2, 100, 240);
    see("b", 3, 5'000, 5'010);
    EXPECT_EQ(arrivals("b"), (All{{1, 90}, {2, 240}, {3, 5'010}}));
}

TEST_F(LateLinks, AConstantDelayIsTakenOff) {
    prompt("a", {{1, 0}, {2, 100}, {3, 5'000}});
    for (const int n : {1, 2, 3}) see("b", n, no_clock, 3'002 + (n == 3 ? 5'000 : (n - 1) * 100));
    see("b", 4, no_clock, 9'002);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 102}, {3, 5'002}, {4, 6'002}}));
    EXPECT_EQ(arrivals("a"), (All{{1, 2}, {2, 102}, {3, 5'002}}));
}

TEST_F(LateLinks, ThePromptestLinkIsTheMeasure) {
    prompt("b", {{1, 0}, {2, 100}, {3, 5'000}});
    for (const int n : {1, 2, 3}) {
        const Micros at = n == 3 ? 5'000 : (n - 1) * 100;
        see("a", n, at, at + 3'600'002);
    }
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 102}, {3, 5'002}}));
    EXPECT_EQ(arrivals("a"), (All{{1, 2}, {2, 102}, {3, 5'002}}));
}

TEST_F(LateLinks, TransmissionsMistakenForEachOtherMoveNothing) {
    // Of 4 and 5 each saw another transmission.
    for (const int n : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
        const Micros at = n * 1'000;
        prompt("a", {{n, at + (n == 4 ? 500 : 0)}});
        prompt("b", {{n, at + (n == 5 ? 500 : 0)}});
    }
    EXPECT_EQ(arrivals("a").front().second, 1'002);
    EXPECT_EQ(arrivals("b").front().second, 1'002);
}

TEST_F(LateLinks, EvenArrivalsOutweighAClockThatWasSet) {
    // b's clock was set, and of 4 it saw another transmission.
    for (const int n : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
        const Micros at = n * 1'000;
        prompt("a", {{n, at}});
        const Micros seen = at + (n == 4 ? 500 : 0);
        see("b", n, seen + (n > 5 ? 7'000 : 0), seen + 2);
    }
    EXPECT_EQ(arrivals("b")[3], (std::pair(4, Micros{4'502})));
}

TEST_F(LateLinks, LatencyIsNoUnevenness) {
    // Messages take 100 ms either way: b sees the odd ones sent, a the even ones.
    see("a", 1, 100, 102);
    see("a", 2, 200, 202);
    see("a", 3, 1'100, 1'102);
    see("a", 4, 1'200, 1'202);
    see("b", 1, 0, 3'002);
    see("b", 2, 300, 3'302);
    see("b", 3, 1'000, 4'002);
    see("b", 4, 1'300, 4'302);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 302}, {3, 1'002}, {4, 1'302}}));
}

TEST_F(LateLinks, ACaptureThatWasImportedKeepsItsClocksTime) {
    prompt("a", {{1, 0}, {3, 4'000}, {4, 4'050}});
    // Its clock is 7 s slow. 2 and 5 were seen by it alone.
    int place = 0;
    for (const auto& [n, at] : All{{1, 0}, {2, 1'500}, {3, 4'000}, {4, 4'050}, {5, 6'000}}) {
        see("b", n, at - 7'000, 90'000 + place++);
    }
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 1'502}, {3, 4'002}, {4, 4'052}, {5, 6'002}}));
}

TEST_F(LateLinks, ALinkMayBecomeLateInTheMiddle) {
    prompt("a", {{1, 0}, {2, 100}, {5, 9'000}, {6, 9'100}});
    prompt("b", {{1, 0}, {2, 100}, {3, 3'000}});
    see("b", 4, 6'000, 46'002);
    see("b", 5, 9'000, 49'002);
    see("b", 6, 9'100, 49'102);
    EXPECT_EQ(arrivals("b"),
              (All{{1, 2}, {2, 102}, {3, 3'002}, {4, 6'002}, {5, 9'002}, {6, 9'102}}));
}

TEST_F(LateLinks, BeyondTheLastSharedMessageStampsCountAsLongAsTheLinkExplainsThem) {
    prompt("a", {{1, 0}, {2, 100}, {3, 3'000}});
    // Flushed at once; after that the stamps are 60 s ahead, which no lateness explains.
    see("b", 1, 0, 20'000);
    see("b", 2, 100, 20'001);
    see("b", 3, 3'000, 20'002);
    see("b", 4, 5'000, 20'003);
    see("b", 5, 84'000, 24'003);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 102}, {3, 3'002}, {4, 5'002}, {5, 9'002}}));
}

TEST_F(LateLinks, AClockThatWasSetOnAPromptLinkChangesNothing) {
    prompt("a", {{1, 0}, {2, 100}, {3, 9'000}, {4, 9'100}});
    prompt("b", {{1, 0}, {2, 100}});
    see("b", 3, 5'000, 9'002);
    see("b", 4, 5'100, 9'102);
    see("b", 5, 5'200, 9'202);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 102}, {3, 9'002}, {4, 9'102}, {5, 9'202}}));
}

TEST_F(LateLinks, AClockThatWasSetOnALateLinkIsMeasuredByTheOther) {
    prompt("a", {{1, 0}, {2, 100}, {3, 2'000}, {5, 9'000}, {6, 9'100}});
    see("b", 1, 0, 30'000);
    see("b", 2, 100, 30'001);
    see("b", 3, 2'000, 30'002);
    see("b", 5, 4'000, 30'003);
    see("b", 6, 4'100, 30'004);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 102}, {3, 2'002}, {5, 9'002}, {6, 9'102}}));
}

TEST_F(LateLinks, WithoutAClockWhatArrivedTogetherWasSeenTogether) {
    prompt("a", {{1, 0}, {4, 8'000}});
    see("b", 1, no_clock, 40'000);
    see("b", 2, no_clock, 40'003);
    see("b", 3, no_clock, 40'900);
    see("b", 4, no_clock, 40'902);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 5}, {3, 8'000}, {4, 8'002}}));
}

TEST_F(LateLinks, WholeSecondsBoundTheTime) {
    prompt("a", {{1, 0}, {4, 8'000}});
    see("b", 1, 0, 40'000);
    see("b", 2, 3'000, 40'001);
    see("b", 3, 5'000, 40'002);
    see("b", 4, 8'000, 40'003);
    const auto found = arrivals("b");
    EXPECT_GE(found[1].second, 2'000);
    EXPECT_LE(found[1].second, 4'002);
    EXPECT_GE(found[2].second, 4'000);
    EXPECT_LE(found[2].second, 6'002);
}

TEST_F(LateLinks, StampsThatAreTheArrivalAreNoClock) {
    prompt("a", {{1, 0}, {2, 100}, {3, 8'000}, {4, 8'100}});
    int place = 0;
    for (const int n : {1, 2, 3, 4}) {
        see("b", n, 40'000 + place * 1'000, 40'000 + place * 1'000);
        ++place;
    }
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 102}, {3, 8'002}, {4, 8'102}}));
}

TEST_F(LateLinks, StampsThatJumpAreNoClock) {
    // By chance two of the stamps lie as far apart as the messages.
    prompt("a", {{1, 0}, {2, 1'000}, {3, 2'000}, {4, 3'000}, {6, 5'000}});
    const Micros stamps[] = {700, 1'700, 100, 1'300, 400, 90};
    for (const int n : {1, 2, 3, 4, 5, 6}) see("b", n, stamps[n - 1], 40'000 + n);
    EXPECT_EQ(arrivals("b"),
              (All{{1, 2}, {2, 1'002}, {3, 2'002}, {4, 3'002}, {5, 3'003}, {6, 5'002}}));
}

TEST_F(LateLinks, RetransmissionsThatArriveTogetherAreToldApart) {
    for (const Micros at : {0, 500, 1'500}) see("a", 1, at, at + 2);
    prompt("a", {{2, 2'000}});
    for (const int k : {0, 1, 2}) see("b", 1, no_clock, 40'000 + k);
    see("b", 2, no_clock, 40'003);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {1, 502}, {1, 1'502}, {2, 2'002}}));
}

TEST_F(LateLinks, EquallyManyReportsMayBeOfDifferentTransmissions) {
    // Sent at 0, 0.5, 1.5 and 3.5 s; each observer missed another one.
    for (const Micros at : {0, 500, 3'500}) see("a", 1, at, at + 2);
    for (const Micros at : {500, 1'500, 3'500}) see("b", 1, no_clock, at + 2);
    prompt("a", {{2, 4'000}});
    see("b", 2, no_clock, 4'002);
    EXPECT_EQ(arrivals("b"), (All{{1, 502}, {1, 1'502}, {1, 3'502}, {2, 4'002}}));
}

TEST_F(LateLinks, AnEvenLinkIsNotLateBecauseOneMessageDoesNotFit) {
    prompt("a", {{1, 0}, {2, 1'000}});
    prompt("b", {{1, 0}, {2, 1'500}});
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 1'502}}));
}

TEST_F(LateLinks, AnUnevenLinkIsJudgedByAllOthers) {
    // Only c shares the messages that came late.
    prompt("a", {{1, 0}, {2, 100}, {3, 200}});
    prompt("b", {{1, 0}, {2, 100}, {3, 200}});
    see("b", 5, 9'000, 69'002);
    see("b", 6, 9'100, 69'102);
    prompt("c", {{5, 9'000}, {6, 9'100}});
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 102}, {3, 202}, {5, 9'002}, {6, 9'102}}));
}

TEST_F(LateLinks, ALogsStampsAreTheMeasureIfNothingElseIs) {
    // a is a log that is read each second, b was imported and has no clock.
    for (const auto& [n, at] : All{{1, 0}, {2, 300}, {3, 600}, {5, 9'000}, {6, 9'300}}) {
        see("a", n, at, (at / 1'000 + 1) * 1'000);
    }
    for (const int n : {1, 2, 3, 5, 6}) see("b", n, no_clock, 90'000 + n);
    const All even{{1, 700}, {2, 1'000}, {3, 1'300}, {5, 9'700}, {6, 10'000}};
    const auto found = arrivals("b");
    for (std::size_t k = 1; k < even.size(); ++k) {
        EXPECT_NEAR(static_cast<double>(found[k].second - found[0].second),
                    static_cast<double>(even[k].second - even[0].second), 1);
    }
}

TEST_F(LateLinks, ARightClockIsRatherLateThanSetWrong) {
    prompt("a", {{2, 0}});
    prompt("b", {{1, 0}, {3, 3'000}});
    see("b", 5, 6'000, 56'002);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {3, 3'002}, {5, 6'002}}));
}

TEST_F(LateLinks, LatenessNeverMakesStampsGoBack) {
    prompt("a", {{2, 0}});
    prompt("b", {{1, 0}, {3, 3'000}});
    see("b", 5, 1'000, 6'002);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {3, 3'002}, {5, 6'002}}));
}

TEST_F(LateLinks, OnOneLinkNoReportOvertakesAnother) {
    prompt("a", {{1, 0}, {2, 100}, {3, 5'000}, {4, 5'100}});
    see("b", 1, 0, 40'000);
    see("b", 2, 130, 40'001);  // stamped late
    see("b", 5, 110, 40'002);
    see("b", 3, 5'000, 40'003);
    see("b", 4, 5'100, 40'004);
    const auto found = arrivals("b");
    EXPECT_EQ(found[1].first, 2);
    EXPECT_EQ(found[2].first, 5);
}

TEST_F(LateLinks, WithoutAClockAMessageTwiceOverAnUnevenLinkWasSentTwice) {
    // Nothing else is twice, so the observer does not mirror twice.
    prompt("a", {{2, 2'000}, {4, 4'000}, {6, 6'000}});
    see("b", 1, no_clock, 40'000);
    see("b", 1, no_clock, 40'001);
    for (const int n : {2, 3, 4, 5, 6, 7}) see("b", n, no_clock, 40'000 + n);
    const Flow flow = order(chunks_);
    ASSERT_EQ(flow.events.size(), 8U);
    EXPECT_EQ(flow.events[1].retransmission, 1U);
}

TEST_F(LateLinks, CopiesStayTogetherIfTheObserverMirrorsTwice) {
    // Nobody else saw 2, and its copy arrived nearer to 4.
    prompt("a", {{1, 0}, {4, 8'000}});
    int place = 0;
    for (const int n : {1, 2, 4}) {
        see("b", n, no_clock, 40'000 + place++);
        see("b", n, no_clock, 40'000 + place++);
    }
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {1, 3}, {2, 4}, {2, 5}, {4, 8'002}, {4, 8'003}}));
}

TEST_F(LateLinks, AClockThatRunsWithItsArrivalsIsTheMeasure) {
    // a's link grows ever later, b's is late by a constant.
    const All all{{1, 0}, {2, 1'000}, {3, 5'000}, {4, 9'000}};
    for (const auto& [n, at] : all) {
        see("a", n, no_clock, at + 2 + at * 3 / 10);
        see("b", n, at, at + 10'002);
    }
    const auto found = arrivals("a");
    for (std::size_t k = 1; k < all.size(); ++k) {
        EXPECT_EQ(found[k].second - found[0].second, all[k].second);
    }
}

TEST_F(LateLinks, AGuessedTimeIsNoMeasure) {
    // c is prompt. a, imported and without a clock, saw 4 at an unknown time between 2 and 6.
    prompt("c", {{1, 0}, {2, 100}, {6, 5'000}});
    for (const auto& [n, at] : All{{1, 0}, {2, 1}, {4, 4}, {6, 5}}) {
        see("a", n, no_clock, 40'000 + at);
    }
    see("d", 2, no_clock, 102);
    see("d", 4, no_clock, 400);
    EXPECT_EQ(arrivals("d"), (All{{2, 102}, {4, 400}}));
}

TEST_F(LateLinks, ASeriesThatLostReportsIsFoundByItsIntervals) {
    for (const Micros at : {0, 500, 1'500, 3'500, 7'500}) see("a", 1, at, at + 2);
    for (const Micros at : {0, 1'500, 3'500, 7'500}) {
        see("b", 1, at - 6'000, at + (at < 3'000 ? 2 : 8'002));
    }
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {1, 1'502}, {1, 3'502}, {1, 7'502}}));
}

TEST_F(LateLinks, AStepAmongRetransmissionsMakesThemNoOtherOnes) {
    for (const Micros at : {0, 500, 1'500, 3'500}) {
        see("a", 1, at, at + 2);
        see("b", 1, at + (at > 1'000 ? 14'000 : 0), at + 2 + at / 5);
    }
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {1, 502}, {1, 1'502}, {1, 3'502}}));
}

TEST_F(LateLinks, AStampThatTheSetClockCannotHaveMadeIsTheOldClocks) {
    prompt("a", {{1, 0}, {2, 100}, {6, 9'000}});
    see("b", 1, 0, 40'000);
    see("b", 2, 100, 40'001);
    see("b", 3, 6'500, 40'002);
    see("b", 6, 5'000, 40'003);  // 4 s back
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 102}, {3, 6'502}, {6, 9'002}}));
}

TEST_F(LateLinks, StampsThatRunWithOthersElsewhereOutweighPromptArrivals) {
    // With c, a was prompt. With b, which is read every 20 s, only its stamps agree.
    see("c", 1, 11'000, 2);
    see("c", 2, 11'001, 3);
    for (const auto& [n, at] : All{{1, 0}, {2, 1}, {3, 500}, {4, 1'500}, {5, 7'500}, {6, 15'500}}) {
        see("a", n, at - 6'000, at + (at < 7'000 ? 2 : 80'002));
        if (n > 2) see("b", n, at, (at / 4'000 + 1) * 4'000 + n);
    }
    EXPECT_EQ(arrivals("a"), (All{{1, 2}, {2, 3}, {3, 502}, {4, 1'502}, {5, 7'502}, {6, 15'502}}));
}

TEST_F(LateLinks, ARightClockDatesWhatCameALittleLate) {
    prompt("a", {{2, 0}});
    prompt("b", {{1, 0}, {3, 3'000}});
    see("b", 5, 6'000, 6'102);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {3, 3'002}, {5, 6'002}}));
}

TEST_F(LateLinks, ARightClockDatesWhatNobodyElseSaw) {
    prompt("a", {{1, 0}, {2, 100}});
    prompt("b", {{1, 0}, {2, 100}});
    see("b", 3, 7'000, 90'000);
    see("b", 4, 15'000, 90'001);
    EXPECT_EQ(arrivals("b"), (All{{1, 2}, {2, 102}, {3, 7'002}, {4, 15'002}}));
}

TEST_F(LateLinks, WhatArrivedAtOnceDoesNotShowThatALinkIsPrompt) {
    // Both were imported; a has a clock, whose stamps are the truth.
    int place = 0;
    for (const auto& [n, at] : All{{1, 0}, {2, 4'000}, {3, 9'000}, {4, 9'200}}) {
        see("a", n, at - 7'000, 90'000 + place);
        see("b", n, no_clock, 50'000 + place);
        ++place;
    }
    const auto found = arrivals("b");
    const Micros first = found[0].second;
    EXPECT_EQ(found, (All{{1, first}, {2, first + 4'000}, {3, first + 9'000}, {4, first + 9'200}}));
}

TEST_F(LateLinks, ReportsThatArrivedTogetherAreNoMeasureBesideAClock) {
    // a is read every 20 s and has no clock, b every 30 s.
    for (const auto& [n, at] : All{{1, 0}, {2, 300}, {3, 8'000}, {4, 25'000}, {5, 25'400}}) {
        see("a", n, no_clock, (at / 20'000 + 1) * 20'000 + n);
        see("b", n, at - 7'000, (at / 30'000 + 1) * 30'000 + n);
    }
    const auto found = arrivals("a");
    EXPECT_EQ(found[2].second - found[0].second, 8'000);
    EXPECT_EQ(found[4].second - found[3].second, 400);
}

TEST_F(LateLinks, GuessesDoNotMoveWhatAgreesWithMostOfThem) {
    // b has no clock and was imported, so what it saw of 2 to 6 is only placed. c is prompt.
    prompt("a", {{1, 0}, {7, 9'000}});
    for (const int n : {1, 2, 3, 4, 5, 6, 7}) see("b", n, no_clock, 40'000 + n);
    for (const int n : {2, 3, 4, 5}) see("c", n, no_clock, n);
    see("c", 6, no_clock, 8'995);
    const All as_arrived{{2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 8'995}};
    EXPECT_EQ(arrivals("c"), as_arrived);
}

TEST(LateLinksInOrder, ATimeThatWasOnlyPlacedTiesNoClocks) {
    // The proxy's observer has no clock and was imported: of what it saw alone with bob's, nothing
    // tells the time, but causes tie bob's clock to alice's.
    const std::string bob = "192.0.2.3:5060";
    scene::Scene scene({{"alice", "192.0.2.1"},
                        {"proxy", "192.0.2.2", 0, 0, false},
                        {"bob", "192.0.2.3", -7 * scene::second}});
    scene::call(scene);
    Micros place = 0;
    for (Chunk& chunk : scene.chunks) {
        if (chunk.observer == "proxy") {
            chunk.timestamp = chunk.ref_timestamp = scene::start + 4'000 * scene::second + place++;
        }
    }
    EXPECT_EQ(scene.ordered(), scene.truth());
    for (const Clock& clock : order(scene.chunks).clocks) {
        if (clock.observer == "bob") {
            EXPECT_NEAR(static_cast<double>(clock.offset), -7e6, 5e3);
        }
    }
}

TEST(LateLinksInOrder, ACauseDoesNotYieldToATimeThatNobodyKnows) {
    // The proxy's observer missed bob's 200. Bob's observer has no clock, and its link was late.
    const std::string bob = "192.0.2.3:5060";
    scene::Scene scene({{"proxy", "192.0.2.2"}, {"bob", "192.0.2.3", 0, 0, false}});
    for (const int n : {1, 2}) {
        const Micros at = n * 10 * scene::second;
        const std::string cseq = std::to_string(n) + " OPTIONS";
        const std::string up = "u" + std::to_string(n);
        const std::string down = "d" + std::to_string(n);
        scene.send(at, scene::alice, scene::proxy, {"OPTIONS", cseq, {up}, "", ""});
        scene.send(at + 2 * ms, scene::proxy, bob, {"OPTIONS", cseq, {down, up}, "", ""});
        scene.send(at + 4 * ms, bob, scene::proxy, {"200 OK", cseq, {down, up}, "b", ""});
        if (n == 1) scene.lose("proxy");
        scene.send(at + 6 * ms, scene::proxy, scene::alice, {"200 OK", cseq, {up}, "b", ""});
    }
    const Micros came[] = {0, 900, 1'000, 1'100};  // the first 200 with the second OPTIONS
    std::size_t k = 0;
    for (Chunk& chunk : scene.chunks) {
        if (chunk.observer == "bob") {
            chunk.timestamp = chunk.ref_timestamp =
                scene::start + 40'000 * scene::second + came[k++];
        }
    }
    EXPECT_EQ(scene.ordered(), scene.truth());
}

}  // namespace
}  // namespace ci::order
