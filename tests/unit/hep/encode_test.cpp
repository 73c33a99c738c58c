#include "hep/encode.h"

#include <gtest/gtest.h>

#include <functional>

namespace ci::hep {
namespace {

Capture a_call(std::uint8_t version) {
    Capture capture;
    capture.version = version;
    capture.ip_protocol = 17;
    capture.source = *wire::parse_endpoint("192.0.2.1:5060");
    capture.destination = *wire::parse_endpoint("192.0.2.2:5080");
    capture.captured_at = 1'795'225'829'516'323;
    capture.capture_id = 1337;
    capture.payload_type = PayloadType::sip;
    capture.payload = "BYE sip:a@b SIP/2.0\r\n\r\n";
    return capture;
}

struct Unsayable {
    const char* name;
    std::uint8_t version;
    std::function<void(Capture&)> change;
};
void PrintTo(const Unsayable& row, std::ostream* out) {
    *out << row.name;
}

const std::string too_long(70'000, 'x');
const Unsayable unsayable[] = {
    {"NoSuchVersion", 4, [](Capture&) {}},
    {"BeforeTheEpoch", 3, [](Capture& c) { c.captured_at = -1; }},
    {"Beyond32BitsOfSeconds", 2, [](Capture& c) { c.captured_at = (1LL << 32) * 1'000'000; }},
    {"ACaptureIdOver16Bits", 2, [](Capture& c) { c.capture_id = 65'536; }},
    {"ALogTextInHep2", 2, [](Capture& c) { c.payload_type = PayloadType::log; }},
    {"NoPayloadInHep1", 1, [](Capture& c) { c.payload = ""; }},
    {"APayloadOver64KiB", 3, [](Capture& c) { c.payload = too_long; }},
    {"ANameOver64KiB", 3, [](Capture& c) { c.agent_name = too_long; }},
    {"AllTogetherOver64KiB", 3,
     [](Capture& c) { c.payload = std::string_view(too_long).substr(0, 65'500); }},
};

class CannotSay : public testing::TestWithParam<Unsayable> {};
TEST_P(CannotSay, SoThereIsNoDatagram) {
    auto capture = a_call(GetParam().version);
    GetParam().change(capture);
    EXPECT_FALSE(encode(capture));
}
INSTANTIATE_TEST_SUITE_P(Captures, CannotSay, testing::ValuesIn(unsayable),
                         [](const auto& row) { return row.param.name; });

TEST(Encode, WritesHep2AsKamailioDoes) {
    const std::string_view head(
        "\x02\x10\x02\x11\x13\xc4\x13\xd8\xc0\x00\x02\x01\xc0\x00\x02\x02"
        "\xe5\xf8\x00\x6b\xe3\xe0\x07\x00\x39\x05\x00\x00",
        28);
    EXPECT_EQ(encode(a_call(2)), std::string(head) + "BYE sip:a@b SIP/2.0\r\n\r\n");
}

TEST(Encode, WritesTwoFamiliesAsOne) {
    for (int version = 1; version <= 3; ++version) {
        auto capture = a_call(static_cast<std::uint8_t>(version));
        capture.source = *wire::parse_endpoint("[2001:db8::1]:5060");
        const auto encoded = encode(capture);
        ASSERT_TRUE(encoded);
        const auto decoded = decode(wire::as_bytes(*encoded), 0);
        ASSERT_TRUE(decoded);
        EXPECT_EQ(decoded->source, capture.source);
        EXPECT_EQ(decoded->destination, capture.destination);
    }
}

TEST(Encode, WritesTheLargestHep3) {
    auto capture = a_call(3);
    const auto small = encode(capture);
    ASSERT_TRUE(small);
    const std::size_t room = 0xffff - small->size() + capture.payload.size();
    const std::string payload(room, 'x');
    capture.payload = payload;
    const auto large = encode(capture);
    ASSERT_TRUE(large);
    const auto decoded = decode(wire::as_bytes(*large), 0);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->payload, payload);
    EXPECT_FALSE(decoded->damage);
}

}  // namespace
}  // namespace ci::hep
