#include "packets/capture_file.h"

#include <gtest/gtest.h>

#include "packets/frames.h"

namespace {

using namespace ci;
using packets::RecordState;

/// Writes numbers in either byte order.
struct Order {
    bool is_big = false;
    [[nodiscard]] std::string number(std::uint64_t value, std::size_t size) const {
        std::string out;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t shift = 8 * (is_big ? size - 1 - i : i);
            out += static_cast<char>(value >> shift & 0xffU);
        }
        return out;
    }
    [[nodiscard]] std::string n2(std::uint64_t value) const { return number(value, 2); }
    [[nodiscard]] std::string n4(std::uint64_t value) const { return number(value, 4); }
    [[nodiscard]] std::string block(std::uint64_t kind, std::string body) const {
        body.resize((body.size() + 3) / 4 * 4);
        const std::string length = n4(body.size() + 12);
        return n4(kind) + length + body + length;
    }
    [[nodiscard]] std::string section() const {
        return block(0x0a0d0d0a, n4(0x1a2b3c4d) + n2(1) + n2(0) + std::string(8, '\xff'));
    }
    [[nodiscard]] std::string option(std::uint64_t code, const std::string& value) const {
        std::string padded = value;
        padded.resize((padded.size() + 3) / 4 * 4);
        return n2(code) + n2(value.size()) + padded;
    }
    [[nodiscard]] std::string interface(std::uint64_t link, std::uint64_t snapshot = 65'535,
                                        const std::string& options = {}) const {
        return block(1, n2(link) + n2(0) + n4(snapshot) + options);
    }
    [[nodiscard]] std::string packet(std::uint64_t number, std::uint64_t ticks,
                                     const std::string& frame) const {
        std::string padded = frame;
        padded.resize((padded.size() + 3) / 4 * 4);
        return block(6, n4(number) + n4(ticks >> 32U) + n4(ticks & 0xffffffffU) + n4(frame.size()) +
                            n4(frame.size()) + padded);
    }
};
const Order little{false}, big{true};

struct Frame {
    std::string bytes;
    wire::Micros at;
    int link;
    friend bool operator==(const Frame&, const Frame&) = default;
    friend void PrintTo(const Frame& one, std::ostream* out) {
        *out << one.bytes << '@' << one.at << '/' << one.link;
    }
};

struct Read {
    std::vector<Frame> frames;
    std::string trouble;
};

Read read(std::string_view bytes) {
    Read result;
    packets::CaptureFile file([&](std::span<std::byte> to) {
        const auto part = wire::as_bytes(bytes.substr(0, to.size()));
        std::copy(part.begin(), part.end(), to.begin());
        bytes.remove_prefix(part.size());
        return part.size();
    });
    if (file.open()) {
        packets::Record record;
        auto state = RecordState::frame;
        while ((state = file.next(record)) == RecordState::frame) {
            result.frames.push_back(
                {std::string(wire::as_text(record.bytes)), record.at, record.link_type});
        }
        EXPECT_EQ(state == RecordState::failed, !file.trouble().empty());
    }
    result.trouble = file.trouble();
    return result;
}

std::string pcap(const Order& order, std::uint64_t magic, std::uint64_t minor,
                 const std::string& records) {
    return order.n4(magic) + order.n2(2) + order.n2(minor) + order.n4(0) + order.n4(0) +
           order.n4(3) + order.n4(0xf0000000U | 1U) + records;
}

TEST(CaptureFile, IsPcapOfAnyByteOrderAndPrecision) {
    for (const Order& order : {little, big}) {
        const auto record = [&](std::uint64_t part, std::uint64_t captured, std::uint64_t length,
                                const std::string& more) {
            return order.n4(5) + order.n4(part) + order.n4(captured) + order.n4(length) + more;
        };
        const std::vector<Frame> want = {{"frame", 5'000'007, 1}, {"", 5'000'007, 1}};
        const std::string micros = record(7, 5, 9, "frame") + record(7, 0, 0, "");
        EXPECT_EQ(read(pcap(order, 0xa1b2c3d4, 4, micros)).frames, want);
        EXPECT_EQ(
            read(pcap(order, 0xa1b23c4d, 4, record(7'999, 5, 9, "frame") + record(7'000, 0, 0, "")))
                .frames,
            want);
        const std::string more = std::string(8, '\x07');
        EXPECT_EQ(read(pcap(order, 0xa1b2cd34, 4,
                            record(7, 5, 9, more + "frame") + record(7, 0, 0, more)))
                      .frames,
                  want);
        // Old versions and DIGITAL UNIX write the length on the wire first.
        for (const std::uint64_t minor : {2U, 3U}) {
            EXPECT_EQ(read(pcap(order, 0xa1b2c3d4, minor, record(7, 9, 5, "frame"))).frames,
                      std::vector{want[0]});
        }
        EXPECT_EQ(read(pcap(order, 0xa1b2c3d4, 3, micros)).frames, want);
    }
}

TEST(CaptureFile, IsPcapngWithInterfacesThatDiffer) {
    for (const Order& order : {little, big}) {
        const std::string nanos = order.option(9, "\x09") + order.option(0, "");
        const std::string halves = order.option(2, "eth0") + order.option(9, "\x81");
        const std::string later = order.option(14, order.number(100, 8));
        const std::string file =
            order.section() + order.interface(1, 96) + order.interface(113, 0, nanos) +
            order.interface(9, 65'535, halves) + order.interface(101, 65'535, later) +
            order.packet(0, 5'000'007, "a") + order.packet(1, 5'000'007'999, "bcdef") +
            order.block(5, "statistics") + order.block(0xbad, std::string(9'999, 'x')) +
            order.packet(2, 11, "g") + order.packet(3, 5'000'007, "hi");
        const std::vector<Frame> want = {{"a", 5'000'007, 1},
                                         {"bcdef", 5'000'007, 113},
                                         {"g", 5'500'000, 9},
                                         {"hi", 105'000'007, 101}};
        const Read got = read(file);
        EXPECT_EQ(got.frames, want);
        EXPECT_EQ(got.trouble, "");
    }
}

TEST(CaptureFile, MayHaveSeveralSectionsOfEitherByteOrder) {
    const std::string file = little.section() + little.interface(1) + little.packet(0, 1, "a") +
                             big.section() + big.interface(101) + big.packet(0, 2, "b") +
                             little.section() + little.interface(113) + little.packet(0, 3, "c");
    EXPECT_EQ(read(file).frames, (std::vector<Frame>{{"a", 1, 1}, {"b", 2, 101}, {"c", 3, 113}}));
    EXPECT_EQ(read(little.section() + big.section()).trouble, "");
}

TEST(CaptureFile, MayHaveBlocksOfOldAndSimpleOnes) {
    const std::string old = little.block(2, little.n2(0) + little.n2(0) + little.n4(0) +
                                                little.n4(9) + little.n4(1) + little.n4(1) + "a");
    const std::string simple = little.block(3, little.n4(9) + "bcdefghi");
    EXPECT_EQ(read(little.section() + little.interface(1, 6) + old + simple).frames,
              (std::vector<Frame>{{"a", 9, 1}, {"bcdefg", 9, 1}}));
    EXPECT_EQ(read(little.section() + little.interface(1, 0) + simple).frames,
              (std::vector<Frame>{{"bcdefghi", 0, 1}}));
}

TEST(CaptureFile, TellsTimeInAnyUnits) {
    const auto at = [](int resolution, std::uint64_t ticks, std::int64_t offset = 0) {
        const std::string options =
            little.option(9, std::string(1, static_cast<char>(resolution))) +
            little.option(14, little.number(static_cast<std::uint64_t>(offset), 8));
        return read(little.section() + little.interface(1, 0, options) +
                    little.packet(0, ticks, "a"))
            .frames.at(0)
            .at;
    };
    EXPECT_EQ(at(0, 7), 7'000'000);
    EXPECT_EQ(at(3, 7'001), 7'001'000);
    EXPECT_EQ(at(12, 7'000'001'999'999), 7'000'001);
    EXPECT_EQ(at(19, 10'000'019'999'999'999'999U), 1'000'001);
    EXPECT_EQ(at(20, 10'000'019'999'999'999'999U), 100'000);
    EXPECT_EQ(at(0x7f, UINT64_MAX), 0);
    EXPECT_EQ(at(0x80, 7), 7'000'000);
    EXPECT_EQ(at(0x94, (7U << 20U) + (1U << 19U)), 7'500'000);
    EXPECT_EQ(at(0x80 | 60, UINT64_MAX), 15'999'999);
    EXPECT_EQ(at(0xff, UINT64_MAX), 0);
    EXPECT_EQ(at(6, 5'000'000, -100), 0);
    EXPECT_EQ(at(0, UINT64_MAX, INT64_MAX), packets::latest_second * 1'000'000);
    EXPECT_EQ(at(0, 5, INT64_MIN), 0);
}

TEST(CaptureFile, ThatBreaksOffIsReadAsFarAsItGoes) {
    const std::string ng = little.section() + little.interface(1) + little.packet(0, 1, "abcd") +
                           little.packet(0, 2, "efgh");
    const std::string classic =
        pcap(little, 0xa1b2c3d4, 4,
             little.n4(0) + little.n4(1) + little.n4(4) + little.n4(4) + "abcd" + little.n4(0) +
                 little.n4(2) + little.n4(4) + little.n4(4) + "efgh");
    for (const std::string& file : {ng, classic}) {
        EXPECT_EQ(read(file).frames.size(), 2U);
        const std::size_t last = file.find("efgh") + 4;
        const std::size_t second = file.find("efgh") - (file == ng ? 28 : 16);
        for (std::size_t size = 0; size < last; ++size) {
            const Read cut = read(std::string_view(file).substr(0, size));
            EXPECT_EQ(cut.frames.size(), size >= file.find("abcd") + 4 ? 1U : 0U) << size;
            const bool is_between = size == second ||
                                    size == file.find("abcd") - (file == ng ? 28 : 16) ||
                                    (file == ng && size == 28);
            if (!is_between) {
                EXPECT_TRUE(cut.trouble.starts_with("truncated dump file")) << size << cut.trouble;
            }
        }
    }
}

TEST(CaptureFile, ThatIsDamagedSaysWhere) {
    const std::string head = little.section() + little.interface(1);
    const auto trouble = [](const std::string& file) { return read(file).trouble; };
    EXPECT_EQ(trouble("this is no capture file"), "unknown file format");
    EXPECT_EQ(trouble("\x0a\x0d\x0d\x0a" + std::string(40, 'x')), "unknown file format");
    EXPECT_EQ(trouble(""), "truncated dump file: it is empty");
    for (const std::string& broken :
         {head + little.n4(6) + little.n4(0), head + little.n4(5) + little.n4(11),
          head + little.block(6, "short"), head + little.block(1, "x"),
          head + little.block(6, little.n4(0) + little.n4(0) + little.n4(1) +
                                     little.n4(0x7fffffff) + little.n4(1)),
          head + little.n4(5) + little.n4(16) + "abcd" + little.n4(99),
          pcap(little, 0xa1b2c3d4, 4,
               little.n4(0) + little.n4(0) + little.n4(0xffffffffU) + little.n4(1))}) {
        EXPECT_TRUE(trouble(broken).starts_with("damaged dump file")) << trouble(broken);
    }
    EXPECT_EQ(trouble(head + little.packet(1, 1, "a")),
              "damaged dump file: a frame of an interface that it does not describe");
    // A wrong repeated length behind a frame does not make the frame bad.
    std::string torn = head + little.packet(0, 1, "abcd");
    torn.back() = 'x';
    EXPECT_EQ(read(torn + little.packet(0, 2, "e")).frames.size(), 2U);
    // A length that is not a multiple of four.
    const std::string odd =
        little.n4(5) + little.n4(13) + "x" + std::string(3, '\0') + little.n4(13);
    EXPECT_EQ(read(head + odd + little.packet(0, 2, "e")).frames.size(), 1U);
}

}  // namespace
