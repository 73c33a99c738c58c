#include "hep/stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/recordings.h"

namespace {

using namespace ci;
using namespace std::string_view_literals;
using hep::StreamReason;

struct Cut {
    std::vector<std::string> packets;
    std::optional<hep::StreamRejection> trouble;  ///< at the end of the stream
    friend bool operator==(const Cut&, const Cut&) = default;
};

/// Feeds a stream in the given pieces, each in as many reads as room() requires.
Cut cut(const std::vector<std::string_view>& pieces) {
    hep::StreamCutter cutter;
    Cut result;
    for (std::string_view piece : pieces) {
        while (!piece.empty() && !cutter.lost()) {
            const auto room = cutter.room();
            const auto part = wire::as_bytes(piece.substr(0, room.size()));
            std::copy(part.begin(), part.end(), room.begin());
            cutter.filled(part.size());
            piece.remove_prefix(part.size());
            while (const auto packet = cutter.next()) {
                result.packets.emplace_back(wire::as_text(*packet));
            }
        }
    }
    result.trouble = cutter.end();
    return result;
}

std::vector<std::string_view> in_pieces_of(std::size_t size, std::string_view stream) {
    std::vector<std::string_view> pieces;
    for (; !stream.empty(); stream.remove_prefix(std::min(size, stream.size()))) {
        pieces.push_back(stream.substr(0, size));
    }
    return pieces;
}

std::vector<std::string> recorded(const std::string& file) {
    std::vector<std::string> all;
    for (auto& record : test::read_records("osips_hep3_tcp_homer6json", file)) {
        all.push_back(std::move(record.bytes));
    }
    return all;
}

std::string joined(const std::vector<std::string>& all) {
    std::string stream;
    for (const auto& one : all) stream += one;
    return stream;
}

TEST(HepStream, RecordedReadsGiveTheRecordedPackets) {
    const auto reads = recorded("o1.bin");
    const Cut result = cut({reads.begin(), reads.end()});
    EXPECT_EQ(result.packets, recorded("o1.frames.bin"));
    EXPECT_EQ(result.trouble, std::nullopt);
}

TEST(HepStream, PiecesOfAnySizeGiveTheSamePackets) {
    const auto packets = recorded("o1.frames.bin");
    const auto stream = joined(packets);
    for (std::size_t size = 1; size < 1'100; size += 7) {
        EXPECT_EQ(cut(in_pieces_of(size, stream)).packets, packets) << size;
    }
    EXPECT_EQ(cut({stream}).packets, packets);
}

TEST(HepStream, MayBeCutAtEveryByte) {
    auto packets = recorded("o1.frames.bin");
    packets.resize(8);
    const auto stream = joined(packets);
    for (std::size_t at = 0; at <= stream.size(); ++at) {
        const Cut whole = cut({std::string_view(stream).substr(0, at), stream.substr(at)});
        EXPECT_EQ(whole.packets, packets) << at;

        const Cut ended = cut({std::string_view(stream).substr(0, at)});
        const std::size_t complete = joined(ended.packets).size();
        EXPECT_LE(ended.packets.size(), packets.size());
        EXPECT_TRUE(stream.starts_with(joined(ended.packets)));
        if (complete == at) {
            EXPECT_EQ(ended.trouble, std::nullopt);
        } else {
            EXPECT_EQ(ended.trouble,
                      (hep::StreamRejection{StreamReason::stream_eof_mid_frame, at}));
        }
    }
}

TEST(HepStream, TheLargestPacketFits) {
    std::string largest = "HEP3\xff\xff";
    largest.resize(65'535, 'x');
    for (const std::size_t size :
         {std::size_t{1'000}, std::size_t{65'535}, std::size_t{1'000'000}}) {
        const auto result = cut(in_pieces_of(size, largest + largest + largest));
        EXPECT_EQ(result.packets, (std::vector<std::string>{largest, largest, largest})) << size;
    }
}

struct Lost {
    const char* name;
    std::string_view stream;
    std::size_t packets;
    std::size_t at;
};

class HepStreamLosesSync : public testing::TestWithParam<Lost> {};

TEST_P(HepStreamLosesSync, SayingWhereInAnySegmentation) {
    const Lost& row = GetParam();
    for (std::size_t size = 1; size <= row.stream.size(); ++size) {
        const Cut result = cut(in_pieces_of(size, row.stream));
        EXPECT_EQ(result.packets.size(), row.packets);
        EXPECT_EQ(result.trouble, (hep::StreamRejection{StreamReason::stream_desync, row.at}));
    }
}

constexpr Lost lost[] = {
    {"WhatIsNoHepAtAll", "GET / HTTP/1.1\r\n\r\n"sv, 0, 0},
    {"ATotalOfZero", "HEP3\0\0"sv, 0, 4},
    {"ATotalBelowTheHead", "HEP3\0\x05\x01"sv, 0, 4},
    {"BytesBetweenPackets", "HEP3\0\x07xyHEP3\0\x07x"sv, 1, 7},
    {"EarlierVersionsWhichAreForDatagrams", "\x02\x10\x02\x11\x13\xce\x13\xc4"sv, 0, 0},
    {"AMagicFurtherOnIsNoNewBegin", "HEP3\0\x06HEP3\0\x01HEP3\0\x06HEP3\0\x06"sv, 1, 10},
};

INSTANTIATE_TEST_SUITE_P(On, HepStreamLosesSync, testing::ValuesIn(lost),
                         [](const auto& row) { return row.param.name; });

TEST(HepStream, AnEmptyStreamIsFine) {
    EXPECT_EQ(cut({}), Cut{});
}

}  // namespace
