// Ladders against files: tests/data/ladder/<case>.jsonl holds the chunks, <case>.txt the drawing.
#include "ladder/text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "chunk/chunk.h"
#include "order/order.h"
#include "support/places.h"

namespace ci::ladder {
namespace {

using chunk::Chunk;

std::string path(const std::string& name) {
    return test::data("ladder/") + name;
}

std::string read_file(const std::string& name) {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Chunk> read_chunks(const std::string& name) {
    std::vector<Chunk> chunks;
    std::ifstream file(path(name));
    for (std::string line; std::getline(file, line);) {
        auto chunk = chunk::read_line(line);
        if (chunk) chunks.push_back(std::move(*chunk));
    }
    return chunks;
}

std::string draw(const std::vector<Chunk>& chunks) {
    return text(chunks, order::order(chunks));
}

class Drawn : public testing::TestWithParam<const char*> {};

TEST_P(Drawn, AsInTheFile) {
    const auto chunks = read_chunks(std::string(GetParam()) + ".jsonl");
    ASSERT_FALSE(chunks.empty());
    EXPECT_EQ(draw(chunks), read_file(std::string(GetParam()) + ".txt"));
}

INSTANTIATE_TEST_SUITE_P(Cases, Drawn,
                         testing::Values("two_proxies", "retransmission", "many_entities",
                                         "narrow_columns", "hostile", "events", "guessed"),
                         [](const auto& row) { return std::string(row.param); });

TEST(Ladder, SaysThatThereIsNothing) {
    EXPECT_EQ(text({}, {}), "no messages\n");
}

TEST(Ladder, KeepsToTheTerminalAndItsLines) {
    for (const char* name : {"two_proxies", "retransmission", "narrow_columns", "hostile"}) {
        const std::string drawn = draw(read_chunks(std::string(name) + ".jsonl"));
        std::size_t width = 0;
        for (const char c : drawn) {
            if (c == '\n') {
                width = 0;
            } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) {
                ++width;
            }
            ASSERT_LE(width, 120U) << name;
            ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << name;
        }
    }
}

TEST(Ladder, NamesWhatCouldNotBeReconciled) {
    auto chunks = read_chunks("two_proxies.jsonl");
    auto flow = order::order(chunks);
    flow.contradictions.emplace_back("a\x1b[31m before b");
    EXPECT_NE(text(chunks, flow).find("\n!  a\\x1b[31m before b\n"), std::string::npos);
}

TEST(Ladder, NamesObserversWhoseReportsCameLate) {
    auto chunks = read_chunks("two_proxies.jsonl");
    const std::string late = chunks.back().observer;
    EXPECT_EQ(draw(chunks).find("its reports came"), std::string::npos);
    for (Chunk& chunk : chunks) {
        if (chunk.observer == late) *chunk.ref_timestamp += 3'000'000;
    }
    const std::string drawn = draw(chunks);
    const auto at = drawn.find("its reports came");
    ASSERT_NE(at, std::string::npos) << drawn;
    EXPECT_EQ(drawn.substr(at - late.size() - 2, late.size() + 2), late + ": ") << drawn;
    EXPECT_EQ(drawn.find("its reports came", at + 1), std::string::npos) << drawn;
}

/// The margin for the marks takes a cell from the picture, not from the terminal.
TEST(Ladder, WithMarksKeepsToTheTerminal) {
    for (const char* name : {"two_proxies", "narrow_columns", "events"}) {
        const auto chunks = read_chunks(std::string(name) + ".jsonl");
        auto flow = order::order(chunks);
        for (order::Event& event : flow.events) event.guessed = true;
        std::size_t width = 0;
        for (const char c : text(chunks, flow)) {
            width =
                c == '\n' ? 0 : width + ((static_cast<unsigned char>(c) & 0xC0U) != 0x80 ? 1 : 0);
            ASSERT_LE(width, 120U) << name;
        }
    }
}

}  // namespace
}  // namespace ci::ladder
