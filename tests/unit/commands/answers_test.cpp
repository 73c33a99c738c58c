// What inspect_call_id tells beside the messages.
#include "commands/answers.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "chunk/chunk.h"
#include "support/places.h"

namespace ci::commands {
namespace {

using Json = nlohmann::json;

store::StoredCall stored(const std::string& name) {
    store::StoredCall call;
    std::ifstream file(test::data("ladder/") + name + ".jsonl");
    for (std::string line; std::getline(file, line);) {
        if (auto chunk = chunk::read_line(line)) call.chunks.push_back(std::move(*chunk));
    }
    return call;
}

Json inspected(const store::StoredCall& call) {
    return Json::parse(inspect_call_id("id", call, {}));
}

TEST(InspectCallId, SaysHowLateReportsCame) {
    auto call = stored("two_proxies");
    ASSERT_FALSE(call.chunks.empty());
    const std::string late = call.chunks.back().observer;
    for (auto& chunk : call.chunks) {
        if (chunk.observer == late) *chunk.ref_timestamp += 3'000'000;
    }
    const Json answer = inspected(call);
    ASSERT_EQ(answer["clocks"].size(), 2U);
    for (const Json& clock : answer["clocks"]) {
        const Json& delivery = clock["delivery"];
        EXPECT_EQ(delivery.size(), 3U);
        EXPECT_EQ(delivery["kind"], clock["observer"] == late ? "late" : "prompt");
        const double expected = clock["observer"] == late ? 3'000 : 0;
        EXPECT_NEAR(delivery["median_ms"].get<double>(), expected, 20);
        EXPECT_NEAR(delivery["worst_ms"].get<double>(), expected, 100);
    }
}

TEST(InspectCallId, MarksOnlyGuesses) {
    const auto call = stored("guessed");
    const Json answer = inspected(call);
    ASSERT_EQ(answer["events"].size(), 6U);
    for (const Json& event : answer["events"]) {
        const bool is_guess = event["observed_by"][0]["observer"] == "10.82.0.99:9060";
        EXPECT_EQ(event.contains("guessed"), is_guess);
        if (is_guess) EXPECT_EQ(event["guessed"], true);
    }
    for (const Json& clock : answer["clocks"]) {
        EXPECT_FALSE(clock.contains("delivery")) << "neither saw what the other saw";
    }
    const Json tied = inspected(stored("two_proxies"));
    for (const Json& event : tied["events"]) EXPECT_FALSE(event.contains("guessed"));
}

}  // namespace
}  // namespace ci::commands
