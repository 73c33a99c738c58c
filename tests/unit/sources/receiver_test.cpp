// What a source's packets are counted as.
#include "sources/receiver.h"

#include <gtest/gtest.h>

#include "hep/encode.h"
#include "hep/hep3.h"

namespace {

using namespace ci;

constexpr std::string_view options_request =
    "OPTIONS sip:a@b SIP/2.0\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

std::string hep(std::uint8_t version) {
    hep::Capture capture;
    capture.version = version;
    capture.ip_protocol = 17;
    capture.source = *wire::parse_endpoint("10.1.0.1:5060");
    capture.destination = *wire::parse_endpoint("10.1.0.2:5060");
    capture.payload_type = hep::PayloadType::sip;
    capture.payload = options_request;
    return hep::encode(capture).value();
}

/// HEP 3 with field 14.
std::string hep_with_key(std::string_view key) {
    std::string packet = hep(3);
    packet += std::string("\0\0\0\x0e\0", 5);
    packet += static_cast<char>(hep::hep3_field_head + key.size());
    packet += key;
    packet[4] = static_cast<char>(packet.size() >> 8U);
    packet[5] = static_cast<char>(packet.size() & 0xffU);
    return packet;
}

/// What is counted of one packet: "stored", or the reason of its refusal.
std::string outcome(const std::string& expected_key, std::string_view packet) {
    sources::Receiver receiver("p:1", {}, {{}, expected_key}, {true, true},
                               [](std::span<const chunk::Draft> drafts) { return drafts.size(); });
    wire::Datagram datagram;
    datagram.bytes = wire::as_bytes(packet);
    datagram.peer = *wire::parse_endpoint("192.0.2.9:5060");
    datagram.arrival = 1'795'225'829'000'000;
    receiver.receive({&datagram, 1});
    receiver.finish();
    const auto& counters = receiver.counters();
    EXPECT_EQ(counters.received, 1U);
    std::string found;
    if (counters.stored != 0) found += "stored";
    std::uint64_t sum = counters.stored;
    for (std::size_t i = 0; i < counters.refused.size(); ++i) {
        if (counters.refused[i] == 0) continue;
        sum += counters.refused[i];
        found += intake::Refused::name(i);
    }
    EXPECT_EQ(sum, 1U) << "each packet counts once";
    return found;
}

TEST(AuthKey, IsCheckedOnceForEachPacket) {
    EXPECT_EQ(outcome("secret", hep_with_key("secret")), "stored");
    EXPECT_EQ(outcome("secret", hep_with_key("secreT")), "bad_auth_key");
    EXPECT_EQ(outcome("secret", hep_with_key("secret1")), "bad_auth_key");
    EXPECT_EQ(outcome("secret", hep_with_key("")), "bad_auth_key");
    EXPECT_EQ(outcome("secret", hep(3)), "bad_auth_key");
}

TEST(AuthKey, IsMissingInHep1And2AndInPlainSip) {
    EXPECT_EQ(outcome("secret", hep(1)), "bad_auth_key");
    EXPECT_EQ(outcome("secret", hep(2)), "bad_auth_key");
    EXPECT_EQ(outcome("secret", options_request), "bad_auth_key");
}

TEST(AuthKey, OfWhatIsNoSipIsNotAsked) {
    EXPECT_EQ(outcome("secret", "jaK"), "keepalive");
    EXPECT_EQ(outcome("secret", "neither HEP nor SIP"), "unknown_magic");
    EXPECT_EQ(outcome("secret", std::string("HEP3\0\x07", 6)), "hep3_cut");
}

TEST(AuthKey, IsNotAskedWhereNoneIsExpected) {
    EXPECT_EQ(outcome("", hep_with_key("any")), "stored");
    EXPECT_EQ(outcome("", hep(2)), "stored");
    EXPECT_EQ(outcome("", options_request), "stored");
}

}  // namespace
