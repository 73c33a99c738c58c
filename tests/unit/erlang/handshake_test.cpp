#include "erlang/handshake.h"

#include <gtest/gtest.h>

#include <string>

namespace ci::erlang {
namespace {

using namespace std::string_literals;

std::optional<ClientName> name_in(const std::string& payload) {
    return decode_name(wire::as_bytes(payload));
}

const std::string flags_of_23 = "\0\0\0\x05\x07\x07\x7f\xff"s;

TEST(Handshake, NamesOfBothVersionsAreRead) {
    const auto six = name_in("N" + flags_of_23 + "\0\0\0\x07\0\x04"s + "a@vm");
    ASSERT_TRUE(six);
    EXPECT_EQ(six->name, "a@vm");
    EXPECT_TRUE(six->takes_version_6());
    EXPECT_TRUE(six->is_able());
    EXPECT_EQ(name_in("N" + flags_of_23 + "\0\0\0\x07\0\x04"s + "a@vmlater")->name, "a@vm");
    const auto five = name_in("n\0\x05\0\x03\x7f\xff"s + "old@vm");
    ASSERT_TRUE(five);
    EXPECT_EQ(five->name, "old@vm");
    EXPECT_FALSE(five->takes_version_6());
    EXPECT_TRUE(name_in("n\0\x05\x01\x03\x7f\xff"s + "old@vm")->takes_version_6());
    EXPECT_FALSE(name_in("n\0\x05\0\0\0\0"s + "ancient@vm")->is_able());
}

TEST(Handshake, WhatIsNoNameIsRefused) {
    for (const std::string& payload :
         {""s, "N"s, "N" + flags_of_23 + "\0\0\0\x07\0\x05"s + "a@vm",
          "N" + flags_of_23 + "\0\0\0\x07\0\0"s, "n\0\x05\0\x03\x7f\xff"s,
          "x\0\x05\0\x03\x7f\xff"s + "a@vm", "n\0\x05\0\x03\x7f\xff"s + std::string(256, 'a'),
          "n\0\x05\0\x03\x7f\xff"s + "\xff@vm", "n\0\x05\0\x03\x7f\xff"s + "a@v\nm"}) {
        EXPECT_FALSE(name_in(payload)) << payload.size();
    }
    EXPECT_FALSE(decode_challenge_reply(wire::as_bytes("r123"s)));
    EXPECT_FALSE(decode_complement(wire::as_bytes("c123"s)));
}

TEST(Handshake, AChallengeIsInTheVersionOfTheClient) {
    ClientName client;
    client.is_version_5 = true;
    EXPECT_EQ(encode_challenge(client, "i@vm", 0x01020304, 9),
              "\0\x0f"s + "n\0\x05\x07\x07\x5f\xbc\x01\x02\x03\x04"s + "i@vm");
    client.flags = handshake_23;
    EXPECT_EQ(encode_challenge(client, "i@vm", 0x01020304, 9),
              "\0\x17"s + "N\0\0\0\x05\x07\x07\x5f\xbc\x01\x02\x03\x04\0\0\0\x09\0\x04"s + "i@vm");
    client.flags |= name_me;  // which asks for a name, and takes it from who has the flag, too
    EXPECT_EQ(encode_challenge(client, "i@vm", 0x01020304, 9),
              "\0\x17"s + "N\0\0\0\x07\x07\x07\x5f\xbc\x01\x02\x03\x04\0\0\0\x09\0\x04"s + "i@vm");
    EXPECT_EQ(encode_named("c@vm", 5), "\0\x11"s + "snamed:\0\x04"s + "c@vm\0\0\0\x05"s);
}

}  // namespace
}  // namespace ci::erlang
