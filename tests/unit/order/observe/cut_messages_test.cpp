// Messages cut short before their CSeq: the Via branch tells their transaction.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

/// Cuts the message off from `what` on.
void cut_at(Chunk& chunk, const std::string& what) {
    const auto end = chunk.message.find(what);
    if (end == std::string::npos) return;
    chunk.message.resize(end);
    chunk.c_seq.clear();
    chunk.flags.set(chunk::Flag::truncated);
}
void cut_all(Scene& world, const std::string& what, const std::function<bool(const Chunk&)>& of) {
    for (Chunk& chunk : world.chunks) {
        if (of(chunk)) cut_at(chunk, what);
    }
}
bool rings(const Chunk& chunk) {
    return chunk.label == "SIP/2.0 180 Ringing";
}
/// Stamps these messages earlier than everything else.
void stamp_early(Scene& world, const std::function<bool(const Chunk&)>& of) {
    for (Chunk& chunk : world.chunks) {
        if (of(chunk)) *chunk.timestamp -= 30 * ms;
        if (of(chunk)) *chunk.ref_timestamp -= 30 * ms;
    }
}

TEST(CutMessage, TheAnswerComesAfterItsRequest) {
    for (const char* from :
         {"CSeq: ", " INVITE\r\n", "NVITE\r\n", "Call-ID: ", "tag=bob", "To: "}) {
        Scene world({Watcher{"p", "192.0.2.2"}});
        call(world, 20 * ms);
        cut_all(world, from, rings);
        stamp_early(world, rings);
        EXPECT_EQ(world.ordered(), world.truth()) << "cut at " << from;
        EXPECT_TRUE(order(world.chunks).gaps.empty());
    }
}

TEST(CutMessage, TheRequestComesBeforeItsAnswer) {
    for (const std::string of : {"INVITE", "BYE"}) {
        Scene world({Watcher{"p", "192.0.2.2"}});
        call(world);
        const auto is_one = [&](const Chunk& chunk) { return chunk.label.starts_with(of); };
        cut_all(world, "CSeq: ", is_one);
        for (Chunk& chunk : world.chunks) {
            if (!is_one(chunk)) continue;
            *chunk.timestamp += 30 * ms;
            *chunk.ref_timestamp += 30 * ms;
        }
        EXPECT_EQ(world.ordered(), world.truth()) << of;
        EXPECT_TRUE(order(world.chunks).gaps.empty()) << of;
    }
}

TEST(CutMessage, WhatAnotherSawWholeIsTheSameMessage) {
    for (const char* from : {"CSeq: ", "To: ", "branch=z9hG4bKa1"}) {
        Scene world({{"p", "192.0.2.2"}, {"b", "192.0.2.3", 5 * second}}, 300);
        call(world);
        for (Chunk& chunk : world.chunks) {
            if (chunk.observer == "p") cut_at(chunk, from);
        }
        EXPECT_EQ(world.ordered(), world.truth()) << "cut at " << from;
        const Flow flow = order(world.chunks);
        for (const Event& event : flow.events) {
            const Chunk& shown = world.chunks[event.chunk];
            const bool both = shown.src == bob || shown.dst == bob;
            EXPECT_EQ(event.seen.size(), both ? 2U : 1U);
            // The answer shows the whole message.
            if (both) {
                EXPECT_FALSE(shown.flags.has(chunk::Flag::truncated));
            }
        }
    }
}

TEST(CutMessage, WhereAllAreCutTheBranchTellsEnough) {
    Scene world({Watcher{"p", "192.0.2.2"}});
    call(world, 20 * ms);
    cut_all(world, "CSeq: ", [](const Chunk&) { return true; });
    stamp_early(world, rings);
    EXPECT_EQ(world.ordered(), world.truth());
}

/// CANCEL and the ACK of a refusal share the INVITE's branch (RFC 3261 9.1, 17.1.1.3).
void cancelled(Scene& world) {
    world.send(0 * ms, alice, proxy, {"INVITE", "7 INVITE", {"a1"}, "", ""});
    world.send(2 * ms, proxy, alice, {"100 Trying", "7 INVITE", {"a1"}, "", ""});
    world.send(900 * ms, alice, proxy, {"CANCEL", "7 CANCEL", {"a1"}, "", ""});
    world.send(901 * ms, proxy, alice, {"200 OK", "7 CANCEL", {"a1"}, "p", ""});
    world.send(902 * ms, proxy, alice, {"487 Request Terminated", "7 INVITE", {"a1"}, "p", ""});
    world.send(903 * ms, alice, proxy, {"ACK", "7 ACK", {"a1"}, "p", ""});
}

TEST(CutMessage, TheMethodTellsTheInvitesBranchApart) {
    Scene whole({Watcher{"p", "192.0.2.2"}});
    cancelled(whole);
    for (std::size_t i = 0; i < whole.chunks.size(); ++i) {
        for (const Micros off : {-30 * ms, 30 * ms}) {
            Scene world = whole;
            cut_at(world.chunks[i], "CSeq: ");
            *world.chunks[i].timestamp += off;
            if (i > 1) *world.chunks[i].ref_timestamp += off;
            // The other responses tell whether a cut "200 OK" answers the INVITE or the CANCEL.
            const auto shown = world.ordered();
            const auto place = [&](std::size_t sent) {
                return std::find(shown.begin(), shown.end(), sent) - shown.begin();
            };
            ASSERT_EQ(shown.size(), 6U);
            for (const auto& [cause, effect] :
                 {std::pair{0U, 1U}, {0U, 2U}, {2U, 3U}, {2U, 4U}, {4U, 5U}}) {
                EXPECT_LT(place(cause), place(effect)) << i << ' ' << off;
            }
            EXPECT_TRUE(order(world.chunks).gaps.empty()) << i;
        }
    }
}

TEST(CutMessage, ABranchUsedForSeveralRequestsTellsNothing) {
    Scene world({Watcher{"p", "192.0.2.2"}});
    for (int n = 1; n <= 3; ++n) {
        const std::string cseq = std::to_string(n) + " OPTIONS";
        world.send(n * second, alice, proxy, {"OPTIONS", cseq, {"same"}, "", ""});
        world.send(n * second + ms, proxy, alice, {"200 OK", cseq, {"same"}, "x", ""});
    }
    cut_at(world.chunks[3], "CSeq: ");
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(CutMessage, ACSeqThatIsOnlyInTheMessageIsOne) {
    Scene world({Watcher{"p", "192.0.2.2"}});
    call(world, 20 * ms);
    for (Chunk& chunk : world.chunks) chunk.c_seq.clear();  // nor known from a member
    stamp_early(world, rings);
    EXPECT_EQ(world.ordered(), world.truth());
}

}  // namespace
}  // namespace ci::order
