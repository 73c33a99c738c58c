// The cases of tests/data/hep.
#include "hep/hep.h"

#include <gtest/gtest.h>

#include <vector>

#include "hep/encode.h"
#include "support/md_cases.h"
#include "support/places.h"

namespace ci::hep {
namespace {

using namespace std::string_view_literals;
using test::MdCase;

constexpr wire::Micros arrival = 1'795'225'829'516'444;

std::string yes_no(bool value) {
    return value ? "yes" : "no";
}
std::string family_of(const wire::Address& address) {
    constexpr std::string_view names[] = {"none", "ipv4", "ipv6"};
    return std::string(names[static_cast<std::size_t>(address.family)]);
}
std::string name_of_reason(const Rejection& why) {
    return std::string(reason_names[static_cast<std::size_t>(why.reason)]);
}

test::Expected describe(const Capture& c) {
    return {
        {"version", std::to_string(c.version)},
        {"protocol", std::to_string(c.ip_protocol)},
        {"source", wire::to_string(c.source)},
        {"source_family", family_of(c.source.address)},
        {"destination", wire::to_string(c.destination)},
        {"time", c.captured_at ? std::to_string(*c.captured_at) : "none"},
        {"bad_time", yes_no(c.bad_time)},
        {"capture_id", c.capture_id ? std::to_string(*c.capture_id) : "none"},
        {"correlation_id", std::string(c.correlation_id)},
        {"agent_name", std::string(c.agent_name)},
        {"type", c.payload_type ? std::to_string(static_cast<unsigned>(*c.payload_type)) : "none"},
        {"payload", std::string(c.payload)},
        {"compressed", yes_no(c.compressed)},
        {"damage",
         c.damage ? name_of_reason(*c.damage) + "@" + std::to_string(c.damage->at) : "none"},
        {"size", std::to_string(c.size)},
    };
}

test::Expected describe(const Rejection& why) {
    return {{"refused", name_of_reason(why)}, {"at", std::to_string(why.at)}};
}

class HepCase : public testing::TestWithParam<MdCase> {};

TEST_P(HepCase, ReadsAsExpected) {
    const auto bytes = test::hex_bytes(GetParam().block("hex"));
    const auto decoded = decode(wire::as_bytes(bytes), arrival);
    const auto actual = decoded ? describe(*decoded) : describe(decoded.error());
    for (const auto& [key, value] : test::read_expected(GetParam().block("expect"))) {
        const auto found = actual.find(key);
        ASSERT_NE(found, actual.end()) << GetParam().place << ": nothing named " << key;
        EXPECT_EQ(found->second, value) << GetParam().place << ": " << key;
    }
}

TEST_P(HepCase, IsWrittenAsItIsRead) {
    const auto bytes = test::hex_bytes(GetParam().block("hex"));
    const auto decoded = decode(wire::as_bytes(bytes), arrival);
    if (!decoded) return;
    const auto encoded = encode(*decoded);
    ASSERT_TRUE(encoded);
    const auto again = decode(wire::as_bytes(*encoded), arrival);
    ASSERT_TRUE(again);
    auto before = describe(*decoded);
    auto after = describe(*again);
    for (auto* one : {&before, &after}) {
        one->erase("size");
        one->erase("damage");  // the encoder does not reproduce damage
        // The encoder always writes a time block, with zeros if there is no time.
        if (decoded->captured_at) continue;
        one->erase("bad_time");
        if (decoded->version == 2) one->erase("capture_id");
    }
    EXPECT_EQ(before, after);
}

INSTANTIATE_TEST_SUITE_P(
    Files, HepCase,
    testing::ValuesIn(test::read_md_cases(test::data("hep"), {"hep12.md", "hep3.md", "other.md"})),
    [](const auto& row) { return test::name_of(row.param); });

struct Datagram {
    const char* name;
    std::string_view bytes;
    std::vector<std::string_view> packets;
};
void PrintTo(const Datagram& row, std::ostream* out) {
    *out << row.name;
}

const Datagram datagrams[] = {
    {"OnePacket", "HEP3\0\x07x"sv, {"HEP3\0\x07x"sv}},
    {"TwoPackets", "HEP3\0\x07xHEP3\0\x08yz"sv, {"HEP3\0\x07x"sv, "HEP3\0\x08yz"sv}},
    {"BytesBehindAPacketThatAreNoPacket", "HEP3\0\x07xyyyyyyyy"sv, {"HEP3\0\x07xyyyyyyyy"sv}},
    {"ATotalBeyondTheEnd", "HEP3\0\x09x"sv, {"HEP3\0\x09x"sv}},
    {"NoHep3AtAll", "BYE sip:a SIP/2.0"sv, {"BYE sip:a SIP/2.0"sv}},
};

class NextPacket : public testing::TestWithParam<Datagram> {};
TEST_P(NextPacket, CutsTheDatagram) {
    wire::Bytes rest = wire::as_bytes(GetParam().bytes);
    std::vector<std::string_view> packets;
    while (!rest.empty()) packets.push_back(wire::as_text(next_packet(rest)));
    EXPECT_EQ(packets, GetParam().packets);
}
INSTANTIATE_TEST_SUITE_P(Hep, NextPacket, testing::ValuesIn(datagrams),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace ci::hep
