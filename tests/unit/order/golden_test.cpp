// The test dialogues of Kazoo's own Call Inspector (tests/data/golden/README.md). They must come
// back in the expected order however the chunks are shuffled.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "chunk/chunk.h"
#include "order/order.h"
#include "support/places.h"

namespace ci::order {
namespace {

using chunk::Chunk;
using nlohmann::json;

class Golden : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        std::ifstream file(test::data("golden/") + GetParam() + ".json");
        golden_ = json::parse(file);
        input_ = chunks("input");
        expected_ = chunks("expected");
    }

    std::vector<Chunk> chunks(const char* member) const {
        std::vector<Chunk> result;
        for (const json& element : golden_[member]) {
            auto chunk = chunk::read_line(element.dump());
            if (chunk) result.push_back(*chunk);
        }
        return result;
    }

    /// Empty: the answer is as expected, member by member. Otherwise where it first differs.
    std::string difference() const {
        const Flow flow = order(input_);
        for (std::size_t i = 0; i < std::min(flow.events.size(), expected_.size()); ++i) {
            const Chunk& given = input_[flow.events[i].chunk];
            if (given.json == expected_[i].json) continue;
            return std::to_string(i) + ": " + name(given) + " instead of " + name(expected_[i]);
        }
        if (flow.events.size() == expected_.size()) return "";
        return std::to_string(flow.events.size()) + " events";
    }

    static std::string name(const Chunk& chunk) {
        return chunk.label + " (" + chunk.src + " to " + chunk.dst + ", by " + chunk.parser + ')';
    }

    json golden_;
    std::vector<Chunk> input_, expected_;
};

TEST_P(Golden, ComesBackInOrder) {
    ASSERT_EQ(input_.size(), golden_["input"].size());
    EXPECT_EQ(difference(), "");
}

TEST_P(Golden, ComesBackInOrderHoweverItIsShuffled) {
    std::mt19937 random(1);
    for (int time = 0; time < 200; ++time) {
        std::shuffle(input_.begin(), input_.end(), random);
        ASSERT_EQ(difference(), "") << "shuffle " << time;
    }
}

TEST_P(Golden, KnowsWhoTakesPart) {
    EXPECT_EQ(entities(input_, order(input_)), golden_["entities"].get<std::vector<std::string>>());
}

INSTANTIATE_TEST_SUITE_P(Dialogues, Golden, testing::Values("dialog_1", "dialog_2", "dialog_7"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace ci::order
