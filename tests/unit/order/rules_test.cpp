// A case for each rule of the order (tests/data/order/*.md). Stamps contradict the rule, so that
// the order is wrong without it; the edges show that the rule itself is found, not one that implies
// it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "order/order.h"
#include "order/rule_case.h"
#include "support/places.h"

namespace ci::order {
namespace {

std::vector<test::MdCase> all_rules() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(test::data("order"))) {
        files.push_back(entry.path().filename());
    }
    std::sort(files.begin(), files.end());
    return test::read_md_cases(test::data("order"), files);
}

class Rule : public testing::TestWithParam<test::MdCase> {};

TEST_P(Rule, IsFoundAndKept) {
    const rules::RuleCase rule = rules::read_rule_case(GetParam().block("messages"));
    const auto found = rules::found_edges(rule);
    for (const std::string& expected : rules::split(GetParam().block("edges"), '\n')) {
        EXPECT_EQ(rules::mistake(found, expected), "") << GetParam().place;
    }
    std::vector<std::size_t> order_found;
    for (const Event& event : order(rule.chunks).events) {
        order_found.push_back(rule.rows[event.chunk]);
    }
    std::vector<std::size_t> order_expected;
    for (std::size_t row = 1; row <= rule.messages; ++row) order_expected.push_back(row);
    EXPECT_EQ(order_found, order_expected) << GetParam().place;
}

INSTANTIATE_TEST_SUITE_P(Of, Rule, testing::ValuesIn(all_rules()),
                         [](const auto& rule) { return test::name_of(rule.param); });

}  // namespace
}  // namespace ci::order
