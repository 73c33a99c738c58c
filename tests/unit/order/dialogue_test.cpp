// Dialogues of the simulator (tests/bench/truth) that were once put in a wrong order, with the
// truth: which chunks show the same event, and which events came before which.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "chunk/chunk.h"
#include "order/order.h"
#include "support/places.h"

namespace ci::order {
namespace {

using nlohmann::json;

std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(test::data("dialogues"))) {
        names.push_back(entry.path().stem());
    }
    std::sort(names.begin(), names.end());
    return names;
}

class Dialogue : public testing::TestWithParam<std::string> {};

TEST_P(Dialogue, ShowsEachEventOnceAndInOrder) {
    std::ifstream file(test::data("dialogues/") + GetParam() + ".json");
    const json dialogue = json::parse(file);
    SCOPED_TRACE(dialogue["why"].get<std::string>());
    std::vector<chunk::Chunk> chunks;
    for (const json& one : dialogue["chunks"]) chunks.push_back(*chunk::read_line(one.dump()));
    const auto events = dialogue["events"].get<std::vector<int>>();

    std::map<int, std::size_t> place;  // by event
    for (const Event& event : order(chunks).events) {
        const int shown = events.at(event.chunk);
        EXPECT_TRUE(place.emplace(shown, place.size()).second) << "event " << shown << " twice";
    }
    for (const int event : events) EXPECT_TRUE(place.contains(event)) << "event " << event;
    for (const auto& [first, second] : dialogue["before"].get<std::vector<std::pair<int, int>>>()) {
        EXPECT_LT(place[first], place[second]) << first << " came before " << second;
    }
}

INSTANTIATE_TEST_SUITE_P(Of, Dialogue, testing::ValuesIn(files()),
                         [](const auto& file) { return file.param; });

}  // namespace
}  // namespace ci::order
