#include "erlang/frames.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ci::erlang {
namespace {

using namespace std::string_literals;
using Frames = std::vector<std::string>;

/// All frames of the stream when it arrives in pieces of `size` bytes.
Frames cut(FrameCutter& cutter, std::string_view stream, std::size_t size) {
    Frames frames;
    for (; !stream.empty(); stream.remove_prefix(std::min(size, stream.size()))) {
        cutter.append(wire::as_bytes(stream.substr(0, size)));
        while (const auto frame = cutter.next()) frames.emplace_back(wire::as_text(*frame));
    }
    return frames;
}

TEST(FrameCutter, GivesTheSameFramesWhateverThePieces) {
    const auto stream = "\0\0\0\x03one\0\0\0\0\0\0\0\x05three\0\0\x01\0"s + std::string(256, 'x');
    const Frames expected = {"one", "", "three", std::string(256, 'x')};
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        FrameCutter cutter;
        EXPECT_EQ(cut(cutter, stream, size), expected) << "pieces of " << size;
        EXPECT_EQ(cutter.unfinished(), 0U);
    }
}

TEST(FrameCutter, KeepsATornFrameForLater) {
    FrameCutter cutter;
    EXPECT_EQ(cut(cutter, "\0\0\0\x03on"s, 100), Frames{});
    EXPECT_EQ(cutter.unfinished(), 6U);
    EXPECT_EQ(cut(cutter, "e", 100), Frames{"one"});
}

TEST(FrameCutter, TakesAFrameOfExactlyTheLimit) {
    FrameCutter cutter(3);
    EXPECT_EQ(cut(cutter, "\0\0\0\x03one"s, 1), Frames{"one"});
    EXPECT_FALSE(cutter.oversized());
}

TEST(FrameCutter, StopsAtAFrameAboveTheLimitAfterThoseBefore) {
    FrameCutter cutter(3);
    EXPECT_EQ(cut(cutter, "\0\0\0\x03one\0\0\0\x04"s + "four\0\0\0\x03six"s, 100), Frames{"one"});
    EXPECT_EQ(cutter.oversized(), 4U);
    EXPECT_FALSE(cutter.next());
}

TEST(FrameCutter, NeedsNoBytesOfTheFrameToRefuseIt) {
    FrameCutter cutter;
    EXPECT_EQ(cut(cutter, "\xff\xff\xff\xff", 1), Frames{});
    EXPECT_EQ(cutter.oversized(), 0xffff'ffffU);
}

}  // namespace
}  // namespace ci::erlang
