#include "wire/endpoint.h"

#include <gtest/gtest.h>

namespace ci::wire {
namespace {

struct Text {
    const char* name;
    const char* given;
    const char* shown;  ///< "": not an address
};
void PrintTo(const Text& row, std::ostream* out) {
    *out << row.given;
}

const Text addresses[] = {
    {"Ipv4", "192.0.2.1", "192.0.2.1"},
    {"Ipv4Zeros", "0.0.0.0", "0.0.0.0"},
    {"Ipv4Broadcast", "255.255.255.255", "255.255.255.255"},
    {"Ipv4TooLarge", "192.0.2.256", ""},
    {"Ipv4TooShort", "192.0.2", ""},
    {"Ipv4TooLong", "192.0.2.1.1", ""},
    {"Ipv4OctalOrNot", "192.0.2.010", ""},
    {"Ipv4EmptyPart", "192..2.1", ""},
    {"Ipv4Sign", "192.0.2.+1", ""},
    {"Ipv4Blank", " 192.0.2.1", ""},
    {"NoAddress", "example.com", ""},
    {"Nothing", "", ""},
    {"Ipv6Any", "::", "::"},
    {"Ipv6Loopback", "::1", "::1"},
    {"Ipv6InBrackets", "[2001:DB8::1]", "2001:db8::1"},
    {"Ipv6HalfBracket", "[2001:db8::1", ""},
    {"Ipv6Whole", "2001:db8:0:1:2:3:4:5", "2001:db8:0:1:2:3:4:5"},
    {"Ipv6OneZeroGroupIsNotShortened", "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
    {"Ipv6LongestRunIsShortened", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
    {"Ipv6FirstOfEqualRuns", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
    {"Ipv6RunAtTheEnd", "fe80:0:0:0:0:0:0:0", "fe80::"},
    {"Ipv6LeadingZerosGo", "2001:0db8::0001", "2001:db8::1"},
    {"MappedIpv4IsIpv4", "::FFFF:192.0.2.1", "192.0.2.1"},
    {"MappedIpv4InHexadecimal", "::ffff:c000:201", "192.0.2.1"},
    {"MappedIpv4InBrackets", "[::ffff:192.0.2.1]", "192.0.2.1"},
    {"MappedIpv4InFull", "0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"},
    {"MappedZeros", "::ffff:0:0", "0.0.0.0"},
    {"CompatibleIpv4IsIpv6", "::192.0.2.1", "::c000:201"},
    {"TranslatedIpv4IsIpv6", "::ffff:0:192.0.2.1", "::ffff:0:c000:201"},
    {"Ipv6WithIpv4", "64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
    {"Ipv6TooLong", "1:2:3:4:5:6:7:8:9", ""},
    {"Ipv6TooShort", "1:2:3:4:5:6:7", ""},
    {"Ipv6GapOfNothing", "1:2:3:4:5:6:7::8", ""},
    {"Ipv6TwoGaps", "1::2::3", ""},
    {"Ipv6ThreeColons", ":::1", ""},
    {"Ipv6LargeGroup", "12345::", ""},
    {"Ipv6ColonAtTheEnd", "1:2:3:4:5:6:7:8:", ""},
    {"Ipv6Zone", "fe80::1%eth0", ""},
    {"Ipv6Ipv4InTheMiddle", "1:192.0.2.1::", ""},
};

class ParseAddress : public testing::TestWithParam<Text> {};
TEST_P(ParseAddress, ShowsTheShortForm) {
    const auto address = parse_address(GetParam().given);
    EXPECT_EQ(address ? to_string(*address) : "", GetParam().shown);
    if (address) {
        EXPECT_EQ(parse_address(to_string(*address)), address);
    }
}
INSTANTIATE_TEST_SUITE_P(Texts, ParseAddress, testing::ValuesIn(addresses),
                         [](const auto& row) { return row.param.name; });

const Text endpoints[] = {
    {"Ipv4", "192.0.2.1:5060", "192.0.2.1:5060"},
    {"Ipv6", "[2001:db8::1]:5060", "[2001:db8::1]:5060"},
    {"Ipv6WithoutBracketsAsKazooWritesIt", "2001:db8::1:5060", "[2001:db8::1]:5060"},
    {"Ipv6LoopbackWithoutBrackets", "::1:5060", "[::1]:5060"},
    {"MappedIpv4", "[::ffff:192.0.2.1]:5060", "192.0.2.1:5060"},
    {"MappedIpv4WithoutBrackets", "::ffff:192.0.2.1:5060", "192.0.2.1:5060"},
    {"PortZero", "192.0.2.1:0", "192.0.2.1:0"},
    {"LargestPort", "192.0.2.1:65535", "192.0.2.1:65535"},
    {"PortTooLarge", "192.0.2.1:65536", ""},
    {"PortMissing", "192.0.2.1:", ""},
    {"NoPort", "192.0.2.1", ""},
    {"NoAddress", ":5060", ""},
    {"AName", "example.com:5060", ""},
    {"PortWithLetters", "192.0.2.1:50x", ""},
};

class ParseEndpoint : public testing::TestWithParam<Text> {};
TEST_P(ParseEndpoint, ShowsWithBrackets) {
    const auto endpoint = parse_endpoint(GetParam().given);
    EXPECT_EQ(endpoint ? to_string(*endpoint) : "", GetParam().shown);
}
INSTANTIATE_TEST_SUITE_P(Texts, ParseEndpoint, testing::ValuesIn(endpoints),
                         [](const auto& row) { return row.param.name; });

TEST(Endpoint, ThatIsMappedIsShownAsIpv4WhoeverMadeIt) {
    Endpoint mapped{{Family::ipv6, {}}, 5060};
    mapped.address.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
    EXPECT_EQ(to_string(mapped), "192.0.2.1:5060");
    EXPECT_EQ(unmapped(mapped.address), parse_address("192.0.2.1"));
}

TEST(Endpoint, WithoutAFamilyIsShownAsNowhere) {
    EXPECT_EQ(to_string(Endpoint{}), "0.0.0.0:0");
}

}  // namespace
}  // namespace ci::wire
