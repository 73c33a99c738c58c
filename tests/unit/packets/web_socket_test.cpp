#include <gtest/gtest.h>
#include <zlib.h>

#include "packets/capture.h"
#include "packets/frames.h"

namespace {

using namespace ci;
using namespace ci::test;
using packets::Fate;
using packets::Loss;

const std::string large = sip_message("3@x", std::string(70'000, 'x'));
const std::string asks =
    "GET /sip HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nupgrade: WebSocket\r\n"
    "Sec-WebSocket-Key: x\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
const std::string answers =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

/// A message in three frames with control frames in between.
std::string in_parts(const std::string& message, bool masked) {
    return ws_frame(message.substr(0, 40), {1, masked, false}) + ws_frame("", {9, masked}) +
           ws_frame(message.substr(40, 50), {0, masked, false}) + ws_frame("abc", {10, masked}) +
           ws_frame(message.substr(90), {0, masked, true});
}

TEST(WebSocket, IsReadHoweverItIsCut) {
    for (const bool masked : {true, false}) {
        const std::string stream = (masked ? asks : answers) + ws_frame(one, {1, masked}) +
                                   ws_frame("\r\n\r\n", {1, masked}) + in_parts(two, masked) +
                                   ws_frame(two, {2, masked}) + ws_frame("", {8, masked});
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            Capture capture;
            capture.tcp(1'000, syn, "").tcp(1'001, 0, stream.substr(0, cut));
            capture.tcp(number(cut), 0, stream.substr(cut));
            ASSERT_EQ(capture.messages(), (Texts{one, two, two})) << masked << " cut at " << cut;
            EXPECT_EQ(capture.seen[0].protocol, 50);
            EXPECT_EQ(capture.fate(Fate::not_sip), 0U);
        }
        Capture octets;
        octets.tcp(1'000, syn, "");
        std::uint32_t sequence = 1'001;
        for (const char octet : stream) octets.tcp(sequence++, 0, std::string(1, octet));
        EXPECT_EQ(octets.messages(), (Texts{one, two, two}));
        EXPECT_EQ(octets.loss(Loss::tcp_desync), 0U);
    }
}

TEST(WebSocket, FramesMayBeLarge) {
    const std::string stream = asks + ws_frame(large, {2, true}) + ws_frame(one, {1, true});
    Capture capture;
    capture.tcp(1'000, syn, "");
    for (std::size_t at = 0; at < stream.size(); at += 1'400) {
        capture.tcp(number(at), 0, stream.substr(at, 1'400));
    }
    EXPECT_EQ(capture.messages(), (Texts{large, one}));
}

TEST(WebSocket, IsJoinedInMidConnection) {
    for (const bool masked : {true, false}) {
        const std::string frame = ws_frame(one, {1, masked});
        const std::string stream = frame + ws_frame(two, {1, masked}) + ws_frame(one, {2, masked});
        for (std::size_t missed = 0; missed < frame.size(); ++missed) {
            Capture capture;
            capture.tcp(5, 0, stream.substr(missed));
            const Texts all = capture.messages();
            // An unmasked message may be found by its start line alone.
            ASSERT_GE(all.size(), 2U) << masked << missed;
            EXPECT_EQ(Texts(all.end() - 2, all.end()), (Texts{two, one})) << masked << missed;
        }
    }
    Capture handshake;
    handshake.tcp(5, 0, asks.substr(0, 30)).tcp(35, 0, asks.substr(30));
    handshake.tcp(5 + static_cast<std::uint32_t>(asks.size()), 0, ws_frame(one, {1, true}));
    EXPECT_EQ(handshake.messages(), Texts{one});
}

TEST(WebSocket, GoesOnBehindAGap) {
    for (const bool masked : {true, false}) {
        const std::string begin = (masked ? asks : answers) + ws_frame(one, {1, masked});
        const std::string lost = ws_frame(two, {1, masked});
        Capture capture;
        capture.tcp(1'000, syn, "").tcp(1'001, 0, begin + lost.substr(0, 150));
        const wire::Micros began = capture.now;
        capture.tcp(number(begin.size() + lost.size()), 0, ws_frame(two, {1, masked}));
        capture.decoder.pass(capture.now + 4'000'000);
        ASSERT_EQ(capture.seen.size(), 3U) << masked;
        EXPECT_EQ(capture.seen[0].bytes, one);
        EXPECT_TRUE(two.starts_with(capture.seen[1].bytes) && capture.seen[1].is_cut);
        EXPECT_EQ(capture.seen[1].at, began + 1) << "of its first segment, the second in it";
        EXPECT_EQ(capture.seen[2].bytes, two);
        EXPECT_EQ(capture.seen[2].protocol, 50);
        EXPECT_EQ(capture.loss(Loss::tcp_gap), 1U);
    }
}

TEST(WebSocket, ThatCarriesNoSipIsCounted) {
    Capture capture;
    capture.tcp(1'000, syn, "").tcp(1'001, 0, asks);
    std::size_t at = asks.size();
    const std::string frames[] = {ws_frame("{\"jsonrpc\":\"2.0\"}", {1, true}),
                                  ws_frame("ping", {9, true}), ws_frame("", {8, true})};
    for (const auto& frame : frames) {
        capture.tcp(number(at), 0, frame);
        at += frame.size();
    }
    EXPECT_EQ(capture.fate(Fate::websocket), 4U);
    EXPECT_TRUE(capture.seen.empty());
}

TEST(WebSocket, ThatIsRefusedIsHttp) {
    Capture capture;
    capture.tcp(1'000, syn, "").tcp(1'001, 0, asks);
    capture.tcp(number(asks.size()), 0, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(capture.fate(Fate::http), 1U);
}

/// permessage-deflate, as one end compresses it.
class Deflater {
  public:
    Deflater() { deflateInit2(&stream_, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY); }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    std::string operator()(const std::string& text) {
        std::string out(text.size() + 1'000, '\0');
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
        stream_.avail_in = static_cast<uInt>(text.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        deflate(&stream_, Z_SYNC_FLUSH);
        out.resize(out.size() - stream_.avail_out - 4);
        return out;
    }
    void reset() { deflateReset(&stream_); }

  private:
    z_stream stream_{};
};

TEST(WebSocket, IsInflatedFromTheBegin) {
    for (const bool takes_over : {true, false}) {
        Deflater deflater;
        std::string stream = asks;
        for (const auto& message : {one, two, large, one}) {
            if (!takes_over) deflater.reset();
            const auto packed = deflater(message);
            stream += ws_frame(packed.substr(0, 30), {1, true, false, true});
            stream += ws_frame("", {9, true}) + ws_frame(packed.substr(30), {0, true});
        }
        Capture capture;
        capture.tcp(1'000, syn, "");
        for (std::size_t at = 0; at < stream.size(); at += 100) {
            capture.tcp(number(at), 0, stream.substr(at, 100));
        }
        EXPECT_EQ(capture.messages(), (Texts{one, two, large, one})) << takes_over;
        EXPECT_EQ(capture.loss(Loss::ws_compressed), 0U);
    }
}

TEST(WebSocket, ThatIsCompressedAndJoinedLateIsToldApart) {
    for (const bool takes_over : {true, false}) {
        Deflater deflater;
        (void)deflater(one);
        Capture capture;
        std::uint32_t sequence = 5;
        for (const auto& message : {two, one, two}) {
            if (!takes_over) deflater.reset();
            const auto frame = ws_frame(deflater(message), {1, true, true, true});
            capture.tcp(sequence, 0, frame);
            sequence += static_cast<std::uint32_t>(frame.size());
        }
        if (takes_over) {
            EXPECT_TRUE(capture.seen.empty());
            EXPECT_GE(capture.loss(Loss::ws_compressed), 1U);
            EXPECT_EQ(capture.loss(Loss::tcp_desync), 0U);
        } else {
            EXPECT_EQ(capture.messages(), (Texts{two, one, two}));
        }
    }
}

TEST(WebSocket, ABombIsNotInflatedWithoutLimit) {
    Deflater deflater;
    const std::string bomb = deflater(sip_message("4@x", std::string(20'000'000, 'x')));
    ASSERT_LT(bomb.size(), 65'536U);
    const std::string stream =
        asks + ws_frame(bomb, {1, true, true, true}) + ws_frame(one, {1, true});
    Capture capture;
    capture.tcp(1'000, syn, "");
    for (std::size_t at = 0; at < stream.size(); at += 1'400) {
        capture.tcp(number(at), 0, stream.substr(at, 1'400));
    }
    EXPECT_EQ(capture.messages(), Texts{one});
    EXPECT_EQ(capture.loss(Loss::ws_compressed), 1U);
}

}  // namespace
