#include "node/names.h"

#include <gtest/gtest.h>

namespace ci::node {
namespace {

std::string named(std::string_view name, std::string_view client, std::string_view from,
                  std::string_view to = "10.0.0.5") {
    return name_for(name, {client, *wire::parse_address(from), *wire::parse_address(to), "kz1",
                           "kz1.example.com"});
}

// A client takes an answer only under the name that it dialled, which it does not tell.
TEST(Names, AClientOfThisMachineIsAnsweredUnderItsOwnHost) {
    EXPECT_EQ(named("ci", "sup_1@vm", "127.0.0.1"), "ci@vm");
    EXPECT_EQ(named("ci", "sup_1@vm.example.com", "127.0.1.1"), "ci@vm.example.com");
    EXPECT_EQ(named("ci", "sup_1@127.0.0.1", "::1"), "ci@127.0.0.1");
    EXPECT_EQ(named("ci", "sup_1@vm", "10.0.0.5", "10.0.0.5"), "ci@vm");
}

TEST(Names, AClientOfAnotherMachineIsAnsweredUnderThisHost) {
    EXPECT_EQ(named("ci", "a@kz2", "10.0.0.7"), "ci@kz1");
    EXPECT_EQ(named("ci", "a@kz2.example.com", "10.0.0.7"), "ci@kz1.example.com");
    EXPECT_EQ(named("ci", "a@10.0.0.7", "10.0.0.7"), "ci@10.0.0.5");
}

TEST(Names, ANameWithAHostStays) {
    EXPECT_EQ(named("ci@other", "a@kz2", "10.0.0.7"), "ci@other");
    EXPECT_EQ(named("ci@other", "a@vm", "127.0.0.1"), "ci@other");
}

}  // namespace
}  // namespace ci::node
