#include "order/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "order/recording.h"
#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

const Watcher by_proxy{"p", "192.0.2.2"};
const Watcher clockless{"p", "192.0.2.2", 0, 0, false};

// ---- the order of one dialogue

struct World {
    const char* name;
    std::vector<Watcher> watchers;
    Micros latency;
    Micros hop = 2 * ms;
};

const World worlds[] = {
    {"OneWatcher", {{"p", "192.0.2.2"}}, 100},
    {"OneWatcherWithoutAClock", {{"p", "192.0.2.2", 0, 0, false}}, 100},
    {"TwoClocksSecondsApart", {{"a", "192.0.2.1", 3200 * ms}, {"p", "192.0.2.2"}}, 300},
    {"TwoClocksHoursApart", {{"p", "192.0.2.2"}, {"b", "192.0.2.3", -5 * 3600 * second}}, 300},
    {"ThirdTiedThroughTheSecond",
     {{"a", "192.0.2.1", 7 * second}, {"p", "192.0.2.2"}, {"b", "192.0.2.3", -9 * second}},
     300},
    {"LongLatency",
     {{"a", "192.0.2.1", 7 * second}, {"p", "192.0.2.2"}, {"b", "192.0.2.3", -9 * second}},
     40 * ms,
     60 * ms},
    {"AClockAndNone", {{"a", "192.0.2.1", 0, 0, false}, {"p", "192.0.2.2", 2 * second}}, 300},
    {"NoClocksAtAll", {{"a", "192.0.2.1", 0, 0, false}, {"p", "192.0.2.2", 0, 0, false}}, 300},
    {"WholeSeconds", {{"p", "192.0.2.2", 0, 0, true, second}}, 100},
    {"EverythingTwice", {{"p", "192.0.2.2", 0, 0, true, 1, 300}}, 100},
    {"EverythingTwiceSeenFromBothEnds",
     {{"a", "192.0.2.1", 4 * second, 0, true, 1, 1100}, {"p", "192.0.2.2", 0, 0, true, 1, 60}},
     300},
    {"Drift", {{"a", "192.0.2.1", second, 100e-6}, {"p", "192.0.2.2"}}, 300},
};

class CallThroughProxy : public testing::TestWithParam<World> {};

TEST_P(CallThroughProxy, ComesOutAsItHappenedEachEventOnce) {
    Scene world(GetParam().watchers, GetParam().latency);
    call(world, GetParam().hop);
    EXPECT_EQ(world.ordered(), world.truth());
    EXPECT_TRUE(order(world.chunks).contradictions.empty());
}

TEST_P(CallThroughProxy, ComesOutTheSameHoweverItIsShuffled) {
    Scene world(GetParam().watchers, GetParam().latency);
    call(world, GetParam().hop);
    std::vector<std::size_t> places(world.chunks.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::mt19937 random(7);
    for (int time = 0; time < 20; ++time) {
        std::shuffle(places.begin(), places.end(), random);
        std::vector<Chunk> shuffled;
        for (const auto place : places) shuffled.push_back(world.chunks[place]);
        const Flow flow = order(shuffled);
        std::vector<std::size_t> numbers;
        for (const Event& event : flow.events) {
            numbers.push_back(world.shows[places[event.chunk]]);
            ASSERT_EQ(event.seen.front(), event.chunk);
        }
        ASSERT_EQ(numbers, world.truth());
    }
}

TEST_P(CallThroughProxy, ShowsTimesThatNeverRunBackwards) {
    Scene world(GetParam().watchers, GetParam().latency);
    call(world, GetParam().hop);
    const Flow flow = order(world.chunks);
    for (std::size_t i = 1; i < flow.events.size(); ++i) {
        EXPECT_LE(flow.events[i - 1].at, flow.events[i].at) << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Worlds, CallThroughProxy, testing::ValuesIn(worlds),
                         [](const auto& row) { return row.param.name; });

TEST(Order, OfNothingIsNothing) {
    const Flow flow = order({});
    EXPECT_TRUE(flow.events.empty());
    EXPECT_TRUE(flow.clocks.empty());
}

TEST(Order, FindsClocksThroughLatencyAndThroughThirdObservers) {
    Scene world(
        {{"a", "192.0.2.1", 7 * second}, {"p", "192.0.2.2"}, {"b", "192.0.2.3", -9 * second}},
        40 * ms);
    call(world, 60 * ms);
    const Flow flow = order(world.chunks);
    ASSERT_EQ(flow.clocks.size(), 3U);
    EXPECT_EQ(flow.clocks[0].observer, "a");
    EXPECT_NEAR(static_cast<double>(flow.clocks[0].offset), 7e6, 200);
    EXPECT_EQ(flow.clocks[0].shared, 7U);
    EXPECT_NEAR(static_cast<double>(flow.clocks[1].offset), -9e6, 200);
    EXPECT_EQ(flow.clocks[2].offset, 0);
    EXPECT_TRUE(flow.clocks[2].common);
    EXPECT_EQ(flow.clocks[2].shared, 13U);
}

TEST(Order, OfALongCallFollowsAClockThatDrifts) {
    Scene world({{"a", "192.0.2.1", 2 * second, 200e-6}, {"p", "192.0.2.2"}}, 300);
    for (int i = 0; i < 120; ++i) {  // in an hour of keepalives the clocks drift 720 ms apart
        const std::string number = std::to_string(i + 1);
        const Micros at = i * 30 * second;
        world.send(at, alice, proxy, {"OPTIONS", number + " OPTIONS", {"k" + number}, "", ""});
        world.send(at + ms, proxy, bob,
                   {"OPTIONS", number + " OPTIONS", {"q" + number, "k" + number}, "", ""});
        world.send(at + 2 * ms, bob, proxy,
                   {"200 OK", number + " OPTIONS", {"q" + number, "k" + number}, "t", ""});
        world.send(at + 3 * ms, proxy, alice,
                   {"200 OK", number + " OPTIONS", {"k" + number}, "t", ""});
    }
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Order, KeepsRetransmissionsApartThoughOneObserverMissedSome) {
    Scene world({{"a", "192.0.2.1", 3 * second}, {"p", "192.0.2.2"}}, 300);
    const Text invite{"INVITE", "1 INVITE", {"a1"}, "", ""};
    world.send(0, alice, proxy, invite);
    world.lose("p");
    world.send(500 * ms, alice, proxy, invite);
    world.send(1500 * ms, alice, proxy, invite);
    world.lose("a");
    world.send(1502 * ms, proxy, alice, {"100 Trying", "1 INVITE", {"a1"}, "", ""});
    world.send(1900 * ms, proxy, alice, {"486 Busy Here", "1 INVITE", {"a1"}, "t", ""});
    world.send(1902 * ms, alice, proxy, {"ACK", "1 ACK", {"a1"}, "t", ""});
    EXPECT_EQ(world.ordered(), world.truth());
    const Flow flow = order(world.chunks);
    for (unsigned n : {0U, 1U, 2U}) EXPECT_EQ(flow.events[n].retransmission, n);
    EXPECT_EQ(flow.events[1].seen.size(), 2U);
}

TEST(Order, LetsRequestsRunInsideAnOpenInvite) {
    Scene world({by_proxy});
    world.send(0, alice, proxy, {"INVITE", "1 INVITE", {"i"}, "", ""});
    world.send(10 * ms, proxy, alice,
               {"183 Session Progress", "1 INVITE", {"i"}, "t", "RSeq: 5\r\n"});
    world.send(20 * ms, alice, proxy, {"PRACK", "2 PRACK", {"k"}, "t", "RAck: 5 1 INVITE\r\n"});
    world.send(30 * ms, proxy, alice, {"200 OK", "2 PRACK", {"k"}, "t", ""});
    world.send(40 * ms, alice, proxy, {"UPDATE", "3 UPDATE", {"u"}, "t", ""});
    world.send(41 * ms, proxy, alice, {"200 OK", "3 UPDATE", {"u"}, "t", ""});
    world.send(42 * ms, proxy, alice, {"200 OK", "1 INVITE", {"i"}, "t", ""});
    world.send(43 * ms, alice, proxy, {"ACK", "1 ACK", {"k2"}, "t", ""});
    world.send(44 * ms, alice, proxy, {"BYE", "4 BYE", {"b"}, "t", ""});
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Order, ComparesCSeqAsNumbers) {
    Scene world({clockless});
    world.send(0, alice, proxy, {"INFO", "9 INFO", {"x"}, "t", ""});
    world.send(0, alice, proxy, {"INFO", "10 INFO", {"y"}, "t", ""});
    world.send(0, alice, proxy, {"INFO", "101 INFO", {"z"}, "t", ""});
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Order, FallsBackOnTheProtocolWhereNothingTellsTime) {
    Scene world({clockless});
    call(world);
    for (Chunk& chunk : world.chunks) chunk.timestamp = chunk.ref_timestamp = start;
    EXPECT_EQ(world.ordered(), world.truth());
    for (Chunk& chunk : world.chunks) chunk.timestamp = chunk.ref_timestamp = std::nullopt;
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Order, FollowsResponsesWhoseServerLostVias) {
    Scene world({by_proxy});
    world.send(0, alice, proxy, {"INVITE", "1 INVITE", {"a"}, "", ""});
    world.send(1 * ms, proxy, bob, {"INVITE", "1 INVITE", {"p", "a"}, "", ""});
    world.send(2 * ms, bob, proxy, {"180 Ringing", "1 INVITE", {"p"}, "t", ""});
    world.send(3 * ms, proxy, alice, {"180 Ringing", "1 INVITE", {}, "t", ""});
    world.send(4 * ms, bob, proxy, {"200 OK", "1 INVITE", {"p"}, "t", ""});
    world.send(5 * ms, proxy, alice, {"200 OK", "1 INVITE", {}, "t", ""});
    for (Chunk& chunk : world.chunks) chunk.timestamp = chunk.ref_timestamp = start;
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Order, PutsACancelledCallInOrderThoughStampsAreLate) {
    Scene world({by_proxy});
    world.send(0, alice, proxy, {"INVITE", "1 INVITE", {"i"}, "", ""});
    world.send(1 * ms, proxy, bob, {"INVITE", "1 INVITE", {"j", "i"}, "", ""});
    world.send(500 * ms, alice, proxy, {"CANCEL", "1 CANCEL", {"i"}, "", ""});
    world.send(501 * ms, proxy, alice, {"200 canceling", "1 CANCEL", {"i"}, "p", ""});
    world.send(502 * ms, proxy, bob, {"CANCEL", "1 CANCEL", {"j"}, "", ""});
    world.send(503 * ms, bob, proxy, {"200 OK", "1 CANCEL", {"j"}, "t", ""});
    world.send(504 * ms, bob, proxy, {"487 Request Terminated", "1 INVITE", {"j", "i"}, "t", ""});
    world.send(505 * ms, proxy, bob, {"ACK", "1 ACK", {"j"}, "t", ""});
    world.send(506 * ms, proxy, alice, {"487 Request Terminated", "1 INVITE", {"i"}, "t", ""});
    world.send(507 * ms, alice, proxy, {"ACK", "1 ACK", {"i"}, "t", ""});
    EXPECT_EQ(world.ordered(), world.truth());
    *world.chunks[2].timestamp += 30 * ms;  // the CANCEL's stamp, after its 200 and the 487
    *world.chunks[8].timestamp += 30 * ms;  // the 487's, after its ACK
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Order, JoinsALogsLineWithoutViasToWhatAnotherSaw) {
    Scene world({{"p", "192.0.2.2"}, {"b", "192.0.2.3", 2 * second}}, 300);
    call(world);
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer == "b") chunk.message.clear();
    }
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Order, JoinsLinesThatFitSeveralBranchesInTheirOrder) {
    // Two phones ring. The responses that the proxy forwards differ in the To tag, which logs lack.
    Scene world({{"a", "192.0.2.1", 2 * second}, {"p", "192.0.2.2"}}, 300);
    world.send(0, alice, proxy, {"INVITE", "1 INVITE", {"a1"}, "", ""});
    for (const std::string phone : {"x", "y"}) {
        world.send(40 * ms, proxy, alice, {"180 Ringing", "1 INVITE", {"a1"}, phone, ""});
    }
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer == "a") chunk.message.clear();
    }
    EXPECT_EQ(order(world.chunks).events.size(), 3U);
}

TEST(Order, DoesNotTrustStampsThatRunBackAndForth) {
    Scene world({by_proxy});
    call(world);
    std::mt19937 random(3);
    for (Chunk& chunk : world.chunks) {
        chunk.timestamp = start + static_cast<Micros>(random() % 100'000) * second;
    }
    EXPECT_EQ(world.ordered(), world.truth());
    const Flow flow = order(world.chunks);
    ASSERT_EQ(flow.contradictions.size(), 1U);
    EXPECT_EQ(flow.contradictions[0], "p: its stamps are not a clock; arrival counts");
    EXPECT_FALSE(flow.clocks[0].has_clock);
}

TEST(Order, FollowsAClockThatIsSetInMidCall) {
    for (const Micros by : {5 * second, -5 * second, -700 * ms}) {
        Scene world({{"a", "192.0.2.1", 3 * second}, {"p", "192.0.2.2"}}, 300);
        call(world);
        for (std::size_t i = 0; i < world.chunks.size(); ++i) {
            const bool later = world.shows[i] >= 6;  // from the 200 on
            if (later && world.chunks[i].observer == "p") *world.chunks[i].timestamp += by;
        }
        EXPECT_EQ(world.ordered(), world.truth()) << by;
        const Flow flow = order(world.chunks);
        ASSERT_EQ(flow.contradictions.size(), 1U) << by;
        EXPECT_TRUE(flow.contradictions[0].starts_with("p: its clock was set ")) << by;
    }
}

TEST(Order, DoesNotTieAProxysRetransmissionsToThoseItReceives) {
    Scene world({by_proxy});
    const Text in{"INVITE", "1 INVITE", {"a1"}, "", ""};
    const Text out{"INVITE", "1 INVITE", {"p1", "a1"}, "", ""};
    world.send(0, alice, proxy, in);
    world.send(2 * ms, proxy, bob, out);
    world.send(500 * ms, proxy, bob, out);
    world.send(503 * ms, alice, proxy, in);
    world.send(1500 * ms, proxy, bob, out);
    world.send(1503 * ms, alice, proxy, in);
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Order, SendsEveryFurther200AndAckOn) {
    Scene world({by_proxy});
    const Text from_bob{"200 OK", "1 INVITE", {"p1", "a1"}, "bob", ""};
    const Text to_alice{"200 OK", "1 INVITE", {"a1"}, "bob", ""};
    for (const Micros at : {0 * ms, 500 * ms, 1500 * ms}) {
        world.send(at, bob, proxy, from_bob);
        world.send(at + ms, proxy, alice, to_alice);
    }
    *world.chunks[2].timestamp += 30 * ms;  // stamped late: after its own forwarding
    *world.chunks[4].timestamp += 30 * ms;
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Order, SaysWhichStampContradictsACause) {
    Scene world({by_proxy});
    world.send(0, alice, proxy, {"OPTIONS", "1 OPTIONS", {"x"}, "", ""});
    world.send(5 * ms, proxy, alice, {"200 OK", "1 OPTIONS", {"x"}, "t", ""});
    *world.chunks[0].timestamp += 100 * ms;
    EXPECT_EQ(world.ordered(), world.truth());
    const Flow flow = order(world.chunks);
    ASSERT_EQ(flow.contradictions.size(), 1U);
    EXPECT_EQ(flow.contradictions[0],
              "\"OPTIONS sip:bob@192.0.2.3 SIP/2.0\" (1 OPTIONS, 192.0.2.1:5060 to 192.0.2.2:5060) "
              "is stamped 0.095 s after \"SIP/2.0 200 OK\" (1 OPTIONS, 192.0.2.2:5060 to "
              "192.0.2.1:5060), which it caused");
}

TEST(Order, DoesNotTrustStampsThatTurnRoundWhatOneSenderSays) {
    Scene world({by_proxy});
    for (int i = 0; i < 3; ++i) {
        const std::string number = std::to_string(i + 1);
        world.send(i * 20 * ms, alice, proxy, {"INFO", number + " INFO", {"x" + number}, "t", ""});
    }
    const Micros late[] = {180 * ms, 60 * ms, 100 * ms};
    for (std::size_t i = 0; i < 3; ++i) *world.chunks[i].timestamp += late[i];
    EXPECT_EQ(world.ordered(), world.truth());
    EXPECT_EQ(order(world.chunks).contradictions,
              std::vector<std::string>{"p: its stamps are not a clock; arrival counts"});
}

TEST(Order, AnswersWithTheObserverWhoSawMost) {
    Scene world({{"a", "192.0.2.1"}, {"p", "192.0.2.2"}}, 300);
    call(world);
    for (const Event& event : order(world.chunks).events) {
        EXPECT_EQ(world.chunks[event.chunk].observer, "p");
    }
}

// ---- recorded calls, however they are distorted

const char* const two_observers[] = {"kam2_hep2_skew-3.2s", "kam2_hep3_skew-3.2s",
                                     "b2b_kam3_sofia3_skew", "sofia_hep3"};

TEST(RecordedCalls, StayExactWhenClocksAreSetHoursApart) {
    for (const char* run : two_observers) {
        for (auto& call : recorded::read_run(run)) {
            for (Chunk& chunk : call.chunks) {
                const bool second_observer = chunk.observer != call.chunks.front().observer;
                *chunk.timestamp += second_observer ? 5 * 3600 * second : -3600 * second;
            }
            EXPECT_EQ(recorded::mistakes(call, order(call.chunks)), "") << run << ' ' << call.id;
        }
    }
}

TEST(RecordedCalls, StayExactThoughArrivalsTellNothing) {
    // A slow receiver sets the pace of arrivals, and each observer's datagrams have their own lag.
    std::mt19937 random(3);
    for (const char* run : {"kam2_hep2_skew-3.2s", "kam2_hep3_skew-3.2s"}) {
        for (const auto& recorded : recorded::read_run(run)) {
            for (int time = 0; time < 5; ++time) {
                recorded::Call call = recorded;
                Micros now = start;
                std::map<std::string, Micros> latest;
                for (Chunk& chunk : call.chunks) {
                    now += 150 * ms;
                    const Micros lag = static_cast<Micros>(random() % 2) * 500 * ms;
                    Micros& last = latest[chunk.observer];
                    last = std::max(last + 10, now + lag);
                    chunk.ref_timestamp = last;
                }
                EXPECT_EQ(recorded::mistakes(call, order(call.chunks)), "") << run << call.id;
            }
        }
    }
}

TEST(RecordedCalls, StayInOrderWhenChunksAreMissing) {
    // A late stamp cannot be detected if the effects of its message are missing.
    constexpr Micros stamped_late = 2 * ms;
    std::mt19937 random(11);
    for (const char* run :
         {"kam2_hep3_skew-3.2s", "b2b_kam3_sofia3_skew", "kam_hep3_kazoo", "sofia_hep1"}) {
        for (const auto& whole : recorded::read_run(run)) {
            for (int time = 0; time < 20; ++time) {
                recorded::Call call = whole;
                call.chunks.clear();
                call.shows.clear();
                for (auto& sent : call.truth) sent.mirrored = false;
                for (std::size_t i = 0; i < whole.chunks.size(); ++i) {
                    if (random() % 4 == 0) continue;
                    call.chunks.push_back(whole.chunks[i]);
                    call.shows.push_back(whole.shows[i]);
                    call.truth[whole.shows[i]].mirrored = true;
                }
                EXPECT_EQ(recorded::mistakes(call, order(call.chunks), stamped_late), "")
                    << run << ' ' << call.id;
            }
        }
    }
}

TEST(RecordedCalls, ComeOutTheSameHoweverTheyAreShuffled) {
    std::mt19937 random(5);
    const auto content = [](const std::vector<Chunk>& chunks) {
        std::vector<std::string> lines;
        for (const Event& event : order(chunks).events) {
            lines.push_back(chunks[event.chunk].observer + chunks[event.chunk].message);
        }
        return lines;
    };
    for (const char* run :
         {"kam2_hep2_skew-3.2s", "b2b_kam3_sofia3", "kam_hep3_kazoo", "sofia_hep1"}) {
        for (auto& call : recorded::read_run(run)) {
            const auto expected = content(call.chunks);
            for (int time = 0; time < 5; ++time) {
                std::shuffle(call.chunks.begin(), call.chunks.end(), random);
                ASSERT_EQ(content(call.chunks), expected) << call.id;
            }
        }
    }
}

// ---- garbage

Micros any_time(std::mt19937& random) {
    switch (random() % 6) {
        case 0:
            return std::numeric_limits<Micros>::max();
        case 1:
            return std::numeric_limits<Micros>::min();
        case 2:
            return 0;
        case 3:
            return start + static_cast<Micros>(random() % 1000);
        case 4:
            return static_cast<Micros>(random()) * 2'000'000;
        default:
            return -static_cast<Micros>(random());
    }
}

Chunk any_chunk(std::mt19937& random) {
    const char* const labels[] = {"",
                                  "SIP/2.0",
                                  "SIP/2.0 ",
                                  "SIP/2.0 100 Trying",
                                  "SIP/2.0 487 x",
                                  "SIP/2.0 99999999999999999999 x",
                                  "INVITE",
                                  "INVITE sip:b SIP/2.0",
                                  "ACK sip:b SIP/2.0",
                                  "CANCEL sip:b SIP/2.0",
                                  "BYE sip:b SIP/2.0",
                                  "PRACK sip:b SIP/2.0"};
    const char* const cseqs[] = {
        "",       "1",     "INVITE", "1 INVITE", "2 INVITE", "1 CANCEL", "18446744073709551616 BYE",
        "-1 ACK", "1 ACK", "3 BYE"};
    const char* const ends[] = {"",           ":",       "a", "192.0.2.1:5060", "192.0.2.2:5060",
                                "[::1]:5060", "::1:5060"};
    const char* const vias[] = {"", "Via: SIP/2.0/UDP a;branch=1\r\n",
                                "Via: SIP/2.0/UDP b;branch=2\r\nVia: SIP/2.0/UDP a;branch=1\r\n",
                                "Via: SIP/2.0/UDP a;branch=1\r\nVia: SIP/2.0/UDP a;branch=1\r\n",
                                "Via: ,,,\r\n"};
    const auto pick = [&](const auto& from) {
        return std::string(from[random() % std::size(from)]);
    };
    Chunk chunk;
    chunk.observer = "o" + std::to_string(random() % 4);
    chunk.src = pick(ends);
    chunk.dst = pick(ends);
    chunk.label = pick(labels);
    chunk.c_seq = pick(cseqs);
    if (random() % 3 != 0) {
        chunk.message = chunk.label + "\r\n" + pick(vias) + "CSeq: " + chunk.c_seq +
                        "\r\nTo: <sip:b>;tag=" + std::to_string(random() % 2) + "\r\n\r\n";
    }
    if (random() % 8 != 0) chunk.timestamp = any_time(random);
    if (random() % 8 != 0) chunk.ref_timestamp = any_time(random);
    if (random() % 8 == 0) chunk.flags.set(chunk::Flag::no_clock);
    chunk.json = std::to_string(random() % 2);
    return chunk;
}

TEST(Garbage, LosesNoChunkAndDoesNotDependOnTheOrderOfTheInput) {
    std::mt19937 random(17);
    for (int time = 0; time < 300; ++time) {
        std::vector<Chunk> chunks;
        for (std::size_t i = random() % 60; i > 0; --i) chunks.push_back(any_chunk(random));
        const auto fingerprint = [&] {
            const Flow flow = order(chunks);
            std::vector<std::size_t> seen;
            std::string text;
            for (const Event& event : flow.events) {
                seen.insert(seen.end(), event.seen.begin(), event.seen.end());
                const Chunk& chunk = chunks[event.chunk];
                text += chunk.observer + chunk.src + chunk.dst + chunk.label + chunk.c_seq + '|' +
                        chunk.message + '|' + std::to_string(event.at) + '\n';
            }
            std::sort(seen.begin(), seen.end());
            for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i);
            EXPECT_EQ(seen.size(), chunks.size());
            for (const std::string& line : flow.contradictions) text += line + '\n';
            return text;
        };
        const std::string expected = fingerprint();
        std::shuffle(chunks.begin(), chunks.end(), random);
        ASSERT_EQ(fingerprint(), expected) << time;
    }
}

TEST(Garbage, OfAThousandObserversIsOrderedAtOnce) {
    std::vector<Chunk> chunks;
    std::mt19937 random(23);
    for (int i = 0; i < 3000; ++i) {
        Chunk chunk = any_chunk(random);
        chunk.observer = "o" + std::to_string(i % 1000);
        chunks.push_back(chunk);
    }
    std::size_t seen = 0;
    for (const Event& event : order(chunks).events) seen += event.seen.size();
    EXPECT_EQ(seen, chunks.size());
}

}  // namespace
}  // namespace ci::order
