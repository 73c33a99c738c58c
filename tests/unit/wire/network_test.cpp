#include "wire/network.h"

#include <gtest/gtest.h>

namespace {

using namespace ci;

struct Row {
    const char* name;
    const char* network;
    const char* address;
    bool inside;
};

class Network : public testing::TestWithParam<Row> {};

TEST_P(Network, ContainsWhatItsPrefixSays) {
    const auto network = wire::parse_network(GetParam().network);
    const auto address = wire::parse_address(GetParam().address);
    ASSERT_TRUE(network && address);
    EXPECT_EQ(wire::contains(*network, *address), GetParam().inside);
}

constexpr Row rows[] = {
    {"WholeBytes", "10.0.0.0/8", "10.255.0.1", true},
    {"WholeBytesOutside", "10.0.0.0/8", "11.0.0.0", false},
    {"PartOfAByte", "172.16.0.0/12", "172.31.255.255", true},
    {"PartOfAByteOutside", "172.16.0.0/12", "172.32.0.0", false},
    {"OneBitBelowAByte", "192.0.2.128/25", "192.0.2.127", false},
    {"NoPrefixIsOneAddress", "192.0.2.1", "192.0.2.1", true},
    {"NoPrefixIsNoOther", "192.0.2.1", "192.0.2.2", false},
    {"PrefixOfAllBits", "192.0.2.1/32", "192.0.2.0", false},
    {"PrefixOfNothingIsTheFamily", "0.0.0.0/0", "203.0.113.9", true},
    {"BitsBehindThePrefixDoNotMatter", "10.1.2.3/8", "10.9.9.9", true},
    {"Ipv6", "2001:db8::/32", "2001:db8:ffff::1", true},
    {"Ipv6Outside", "2001:db8::/32", "2001:db9::1", false},
    {"Ipv6PartOfAByte", "fe80::/10", "febf::1", true},
    {"Ipv6PartOfAByteOutside", "fe80::/10", "fec0::1", false},
    {"Ipv6AllBits", "::1/128", "::1", true},
    {"Ipv6AllBitsOutside", "::1/128", "::2", false},
    {"MappedIpv4", "::ffff:10.0.0.0/104", "10.255.0.1", true},
    {"MappedIpv4Outside", "::ffff:10.0.0.0/104", "11.0.0.1", false},
    {"MappedIpv4Alone", "::ffff:192.0.2.1", "192.0.2.1", true},
    {"AMappedAddressIsIpv4", "10.0.0.0/8", "::ffff:10.9.9.9", true},
    {"AllThatIsMapped", "::ffff:0:0/96", "203.0.113.9", true},
    {"FamiliesDoNotMeet", "0.0.0.0/0", "::1", false},
    {"FamiliesDoNotMeetEither", "::/0", "127.0.0.1", false},
};
INSTANTIATE_TEST_SUITE_P(Of, Network, testing::ValuesIn(rows),
                         [](const auto& row) { return row.param.name; });

TEST(NetworkText, ThatIsNoneIsRefused) {
    for (const char* text : {"", "/", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0/8", "/8",
                             "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/ 8", "all", "10.0.0.0/256",
                             "::ffff:10.0.0.0/95", "::ffff:10.0.0.0/129"}) {
        EXPECT_FALSE(wire::parse_network(text)) << text;
    }
}

}  // namespace
