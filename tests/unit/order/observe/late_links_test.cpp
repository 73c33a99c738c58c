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
    for (const Micros at : {500, 1'500, 3'500}) see("b", 1, at, at + 2);
    prompt("a", {{2, 4'000}});
    prompt("b", {{2, 4'000}});
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

}  // namespace
}  // namespace ci::order
