// What nft 1.0.6 prints of tests/data/firewall/CASE.nft is in CASE.json beside it.
#include "doctor/firewall.h"

#include <gtest/gtest.h>

#include "support/places.h"
#include "support/recordings.h"

namespace {

using namespace ci;

struct Case {
    const char* ruleset;
    const char* protocol;
    std::uint16_t port;
    const char* by;  ///< empty: it may pass
    const char* why;
};
void PrintTo(const Case& one, std::ostream* out) {
    *out << one.ruleset << " " << one.protocol << " " << one.port << ": " << one.why;
}

class Firewall : public testing::TestWithParam<Case> {};

TEST_P(Firewall, IsUnderstood) {
    const Case& one = GetParam();
    const std::string ruleset = test::read_whole(test::data("firewall/") + one.ruleset + ".json");
    const auto blocked = doctor::blocked_by(ruleset, one.protocol, one.port);
    EXPECT_EQ(blocked ? blocked->by : "", one.by) << one.why;
}

INSTANTIATE_TEST_SUITE_P(
    Rulesets, Firewall,
    testing::Values(
        Case{"policy", "udp", 9070, "policy", "no rule names it"},
        Case{"policy", "tcp", 9060, "policy", "the range is UDP's"},
        Case{"policy", "udp", 9060, "", "the range admits it"},
        Case{"policy", "udp", 9069, "", "its end does, too"},
        Case{"policy", "udp", 5060, "", "a counter changes nothing"},
        Case{"policy", "tcp", 85, "", "a range in a set"},
        Case{"policy", "udp", 22, "policy", "the set is TCP's"},
        Case{"rule", "udp", 20000, "rule", "the range is dropped in a chain that is jumped to"},
        Case{"rule", "udp", 9061, "rule", "rejected"},
        Case{"rule", "udp", 9062, "", "nothing drops it"},
        Case{"rule", "tcp", 9061, "rule", "returned, and dropped by the caller"},
        Case{"rule", "tcp", 9062, "", "returned"}, Case{"rule", "tcp", 22, "rule", "not returned"},
        Case{"unknown", "udp", 9060, "", "for some senders it is accepted"},
        Case{"unknown", "udp", 9061, "", "the named set may have it"},
        Case{"unknown", "tcp", 9061, "rule", "the map drops it"},
        Case{"gone", "udp", 9060, "", "accepted where it went to"},
        Case{"gone", "udp", 9061, "policy", "what stands after a return is not reached"},
        Case{"gone", "udp", 9062, "policy", "it never comes back"},
        Case{"gone", "tcp", 9060, "rule", "all of TCP is dropped"},
        Case{"early", "udp", 9060, "rule", "before input"},
        Case{"early", "udp", 9061, "rule", "a stranger's packet is new"},
        Case{"early", "udp", 9062, "", "a stranger's packet is new"},
        Case{"early", "udp", 9063, "", "nobody jumps there"},
        Case{"maps", "udp", 9060, "", "it may come by eth9"},
        Case{"maps", "udp", 9061, "policy", "from eth9 it comes back undecided"},
        Case{"maps", "tcp", 9060, "", "the map admits it"},
        Case{"maps", "tcp", 9061, "rule", "the map drops it"},
        Case{"maps", "tcp", 9062, "policy", "no map has it"},
        Case{"other", "tcp", 9060, "rule", "it is not 22"},
        Case{"other", "udp", 9060, "", "the rule is TCP's"},
        Case{"other", "udp", 9061, "rule", "it does not come by lo"}));

TEST(Firewall, NamesTheChainAsNftDoes) {
    const auto ruleset = test::read_whole(test::data("firewall/rule.json"));
    EXPECT_EQ(doctor::blocked_by(ruleset, "udp", 9060)->chain, "ip filter INPUT");
}

TEST(Firewall, WhatIsNoRulesetBlocksNothing) {
    for (
        const char* text :
        {"", "{", "[]", "{}", R"({"nftables":{}})", R"({"nftables":[null,1,{"chain":3}]})",
         R"({"nftables":[{"chain":{"hook":"input"}},{"rule":{"expr":[{"jump":{}}]}}]})",
         R"({"nftables":[{"chain":{"hook":"input"}},{"rule":{"expr":[{"match":3}, 4, {"drop":null}]}}]})"}) {
        EXPECT_FALSE(doctor::blocked_by(text, "udp", 9060)) << text;
    }
}

TEST(Firewall, ChainsThatJumpInACircleEnd) {
    EXPECT_FALSE(doctor::blocked_by(
        R"({"nftables":[{"chain":{"family":"ip","table":"t","name":"a","hook":"input","policy":"drop"}},
           {"rule":{"family":"ip","table":"t","chain":"a","expr":[{"jump":{"target":"a"}}]}},
           {"rule":{"family":"ip","table":"t","chain":"a","expr":[{"jump":{"target":"a"}}]}}]})",
        "udp", 9060));
}

}  // namespace
