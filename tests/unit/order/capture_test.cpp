// What a capture tells beyond time: each datagram's IP id, TTL and link addresses.
#include <gtest/gtest.h>

#include <algorithm>

#include "order/scene.h"

namespace {

using namespace ci;
using namespace ci::order;
using namespace ci::order::scene;

struct Place {
    std::uint32_t ip_id = 0, ttl = 64;
    std::string mac = "a>r";
};

class Capture {
  public:
    explicit Capture(std::string observer = "import:/a.pcap") : observer_(std::move(observer)) {}

    void saw(Micros at, const std::string& src, const std::string& dst, const Text& text,
             const Place& place) {
        Chunk chunk;
        chunk.call_id = "scene";
        chunk.parser = chunk.observer = observer_;
        chunk.src = src;
        chunk.dst = dst;
        chunk.label = text.label();
        chunk.c_seq = text.cseq;
        chunk.message = text.message();
        chunk.timestamp = start + at;
        chunk.ref_timestamp = start + at + 1 * ms;
        chunk.ip_id = place.ip_id;
        chunk.ttl = place.ttl;
        chunk.mac = place.mac;
        chunks.push_back(chunk);
    }
    /// Alice's INVITE, which the responses below answer.
    void invite() { saw(0, alice, bob, {"INVITE", "1 INVITE", {"a1"}, "", ""}, {9}); }
    void trying(Micros at, const Place& place) {
        saw(at, bob, alice, {"100 Trying", "1 INVITE", {"a1"}, "", ""}, place);
    }
    [[nodiscard]] std::vector<std::string> shown() const {
        std::vector<std::string> lines;
        for (const Event& event : order::order(chunks).events)
            lines.push_back(chunks[event.chunk].label);
        return lines;
    }
    /// The number of 100 responses that count as transmissions of their own, not as duplicates.
    [[nodiscard]] std::ptrdiff_t tryings() const {
        const auto lines = shown();
        return std::count(lines.begin(), lines.end(), "SIP/2.0 100 Trying");
    }

    std::vector<Chunk> chunks;

  private:
    std::string observer_;
};

TEST(ACapture, TellsDatagramsByTheirNumbersHoweverCloseTheyAre) {
    for (const Micros apart : {1, 284, 1'000, 15'000, 40'000}) {
        Capture capture;
        capture.invite();
        capture.trying(100'000, {1});
        capture.trying(100'000 + apart, {2});
        EXPECT_EQ(capture.tryings(), 2) << apart;
    }
}

TEST(ACapture, TellsCopiesByTheirNumberHoweverFarApartTheyAre) {
    for (const Micros apart : {1, 1'000, 5'000, 40'000, 200'000}) {
        Capture capture;
        capture.invite();
        capture.trying(100'000, {1});
        capture.trying(100'000 + apart, {1, 63, "r>b"});
        EXPECT_EQ(capture.tryings(), 1) << apart;
    }
}

TEST(ACapture, TellsCopiesOfSeveralDatagramsApart) {
    Capture capture;
    capture.invite();
    capture.trying(100'000, {1});
    capture.trying(100'100, {2});
    capture.trying(100'200, {1, 63, "r>b"});
    capture.trying(100'300, {2, 63, "r>b"});
    capture.trying(130'000, {1, 64, "a>r/100"});
    capture.trying(130'100, {2, 64, "a>r/100"});
    EXPECT_EQ(capture.tryings(), 2);
}

TEST(ACapture, TellsCopiesWithoutNumbersByPlace) {
    // A host that never fragments sets no IP ids. Duplicates from behind the router have another
    // TTL.
    for (const Micros apart : {30, 1'000, 5'000}) {
        Capture capture;
        capture.invite();
        capture.trying(100'000, {0, 64, "a>r"});
        capture.trying(100'000 + apart, {0, 63, "r>b"});
        EXPECT_EQ(capture.tryings(), 1) << apart;
    }
    Capture twice;
    twice.invite();
    for (const Micros at : {100'000, 104'000}) {
        twice.trying(at, {0, 64, "a>r"});
        twice.trying(at + 30, {0, 63, "r>b"});
    }
    EXPECT_EQ(twice.tryings(), 2);
    // At one place, or where no place is known, only time tells duplicates from retransmissions.
    for (const Place& place : {Place{0, 64, "a>r"}, Place{0, 0, ""}}) {
        Capture same;
        same.invite();
        same.trying(100'000, place);
        same.trying(100'200, place);
        EXPECT_EQ(same.tryings(), 1);
    }
}

TEST(ACapture, ReadByAnOlderVersionTooIsOne) {
    Capture capture;
    capture.invite();
    for (const Micros at : {100'000, 100'284}) {
        capture.trying(at, {0, 0, ""});
        capture.trying(at, {static_cast<std::uint32_t>(at)});
    }
    EXPECT_EQ(capture.tryings(), 2);
}

TEST(ACapture, ShowsTheOrderOfTheWire) {
    const std::vector<std::string> seen = {"INVITE sip:bob@192.0.2.3 SIP/2.0",
                                           "SIP/2.0 180 Ringing", "SIP/2.0 100 Trying",
                                           "SIP/2.0 200 OK", "ACK sip:bob@192.0.2.3 SIP/2.0"};
    for (const char* observer : {"import:/a.pcap", "capture:eth0"}) {
        Capture capture(observer);
        capture.invite();
        capture.saw(60, bob, alice, {"180 Ringing", "1 INVITE", {"a1"}, "bob", ""}, {1});
        capture.trying(90, {2});
        capture.saw(200, bob, alice, {"200 OK", "1 INVITE", {"a1"}, "bob", ""}, {3});
        capture.saw(300, alice, bob, {"ACK", "1 ACK", {"a2"}, "bob", ""}, {10});
        EXPECT_EQ(capture.shown(), seen);
    }
    // A sender's own stamps may be late, and so may a capture's of a duplicate from behind a delay.
    Capture agent("10.0.0.1#101@127.0.0.1:9060");
    agent.invite();
    agent.saw(60, bob, alice, {"180 Ringing", "1 INVITE", {"a1"}, "bob", ""}, {1});
    agent.trying(90, {2});
    EXPECT_EQ(agent.shown()[1], "SIP/2.0 100 Trying");
    Capture places;
    places.invite();
    places.saw(60, bob, alice, {"180 Ringing", "1 INVITE", {"a1"}, "bob", ""}, {1, 64, "b>r"});
    places.trying(90, {2, 63, "r>a"});
    EXPECT_EQ(places.shown()[1], "SIP/2.0 100 Trying");
}

}  // namespace
