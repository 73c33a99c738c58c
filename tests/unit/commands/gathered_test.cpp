#include "commands/gathered.h"

#include <gtest/gtest.h>

#include "commands/commands.h"
#include "commands/gathered_look_ups.h"
#include "commands/read_call.h"
#include "support/temporary_directory.h"

namespace {

using namespace ci;
using amqp::LookedUp;
using calls::Evidence;
using calls::Role;
using commands::GatheredLookUps;

const calls::Key key{Evidence::header, Role::names, "a@b"};

TEST(GatheredLookUps, AsksWhatIsNotKnownAndKnowsItThen) {
    GatheredLookUps look_ups;
    EXPECT_TRUE(look_ups.holders(key, 1, 2, 10).empty());
    EXPECT_TRUE(look_ups.keys("a@b").empty());
    EXPECT_FALSE(look_ups.outline("c@d"));
    const auto asked = look_ups.take_unknown();
    EXPECT_EQ(asked.size(), 4U) << "the keys of c@d as well, which are needed next";
    look_ups.add(asked, std::vector<LookedUp>(asked.size()), 0);
    (void)look_ups.holders(key, 1, 2, 10);
    (void)look_ups.keys("a@b");
    (void)look_ups.outline("c@d");
    EXPECT_TRUE(look_ups.take_unknown().empty());
    (void)look_ups.holders(key, 1, 3, 10);
    EXPECT_EQ(look_ups.take_unknown().size(), 1U) << "another time is another question";
}

TEST(GatheredLookUps, AsksABoundedNumberAtATime) {
    GatheredLookUps look_ups;
    for (int i = 0; i < 3'000; ++i) (void)look_ups.keys(std::to_string(i));
    EXPECT_EQ(look_ups.take_unknown().size(), amqp::max_look_ups);
}

TEST(GatheredLookUps, PutWhatInspectorsKnowTogether) {
    GatheredLookUps look_ups;
    (void)look_ups.holders(key, 1, 9, 10);
    (void)look_ups.keys("a@b");
    (void)look_ups.outline("a@b");
    const auto asked = look_ups.take_unknown();
    ASSERT_EQ(asked.size(), 3U);
    const auto found = [&](std::vector<calls::Holder> holders, wire::Micros key_at,
                           calls::Outline outline) {
        std::vector<LookedUp> all(asked.size());
        for (std::size_t i = 0; i < asked.size(); ++i) {
            using What = amqp::LookUp::What;
            if (asked[i].what == What::holders) all[i].holders = holders;
            if (asked[i].what == What::keys) all[i].keys = {{key, key_at, 5}};
            if (asked[i].what == What::outline) all[i].outline = outline;
        }
        return all;
    };
    look_ups.add(asked, found({{"x", 5, 1}, {"y", 7, 2}}, 6, {false, false, 3, 4, {}}), 0);
    look_ups.add(asked, found({{"x", 4, 1}, {"z", 6, 3}}, 5, {true, false, 1, 2, 9}), 2);
    const auto holders = look_ups.holders(key, 1, 9, 10);
    ASSERT_EQ(holders.size(), 3U);
    EXPECT_EQ(holders[0].call_id, "x");
    EXPECT_EQ(holders[0].at, 4) << "who has the first message that shows it";
    EXPECT_EQ(holders[0].place, commands::place_in_part(2, 1));
    EXPECT_EQ(holders[1].call_id, "z");
    EXPECT_EQ(holders[2].place, 2U);
    EXPECT_EQ(look_ups.holders(key, 1, 9, 2).size(), 2U);
    const auto keys = look_ups.keys("a@b");
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_EQ(keys[0].at, 5);
    const auto outline = look_ups.outline("a@b");
    ASSERT_TRUE(outline);
    EXPECT_TRUE(outline->is_call);
    EXPECT_EQ(outline->start, 1);
    EXPECT_EQ(outline->last, 4);
    EXPECT_EQ(outline->final_response, 9);
}

TEST(Lacks, TellEachReasonOnceAndNameWhoIsMissing) {
    commands::Lacks lacks("calls");
    EXPECT_EQ(lacks.members(), "");
    amqp::Gathered gathered;
    gathered.missing = {"x@h"};
    gathered.reports.resize(1);
    gathered.reports[0].name = "y@h";
    gathered.reports[0].report.incomplete = "the \"index\"";
    lacks.add(gathered);
    lacks.add(gathered);
    EXPECT_EQ(lacks.members(),
              R"(,"incomplete":"inspector x@h did not answer: its calls are missing; )"
              R"(inspector y@h: the \"index\"","missing":["x@h"])");
}

/// The steps of a command, with reports that others made.
class Steps : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    inspector::Inspector inspector_{directory_.path(), [](auto, auto) {}};

    commands::Step begin(const std::vector<std::string>& words) {
        auto step = commands::begin(inspector_, words);
        EXPECT_TRUE(step);
        return step ? *std::move(step) : commands::Step();
    }
    /// The answer, if others know nothing; `reports` are those on the first question.
    std::string answer(const std::vector<std::string>& words,
                       std::vector<amqp::Reported> reports = {}) {
        commands::Step step = begin(words);
        for (int i = 0; i < 100; ++i) {
            if (auto* outcome = std::get_if<commands::Outcome>(&step)) return outcome->text;
            amqp::Gathered gathered;
            gathered.own_name = "me@h";
            gathered.reports = std::exchange(reports, {});
            auto then = std::get<commands::Inquired>(step).then;
            step = then(inspector_, std::move(gathered));
        }
        return "no end";
    }
    static amqp::Reported reported(const std::string& name, const std::string& call_id,
                                   const std::string& start, int messages) {
        amqp::Reported one;
        one.name = name;
        one.report.rows.push_back(*amqp::read_row(R"({"call-id":")" + call_id + R"(","start":")" +
                                                  start + R"(","messages":)" +
                                                  std::to_string(messages) + "}"));
        return one;
    }
};

TEST_F(Steps, OfOtherCommandsThereAreNone) {
    EXPECT_FALSE(commands::begin(inspector_, std::vector<std::string>{"search", "x"}));
    EXPECT_FALSE(commands::begin(inspector_, std::vector<std::string>{"search_all"}));
    EXPECT_FALSE(commands::begin(inspector_, {}));
}

TEST_F(Steps, RowsOfAllAreShownNewestFirst) {
    const std::string text = answer(
        {"search_all", "x", "2"},
        {reported("y@h", "old", "63962450201", 1), reported("z@h", "new", "63962450203", 1),
         reported("y@h", "new", "63962450202", 5), reported("y@h", "older", "63962450200", 1)});
    EXPECT_EQ(text.substr(0, text.find("{\"incomplete")),
              R"({"call-id":"new","start":"63962450202","messages":5,"inspectors":["y@h","z@h"]})"
              "\n"
              R"({"call-id":"old","start":"63962450201","messages":1,"inspectors":["y@h"]})"
              "\n");
}

TEST_F(Steps, OfAnUnknownCallEnd) {
    EXPECT_NE(answer({"call_legs_all", "a@b"}).find("\"legs\":[]"), std::string::npos);
    EXPECT_NE(answer({"call_details_all", "a@b"}).find("\"messages\":[]"), std::string::npos);
    EXPECT_EQ(answer({"ladder_all", "a@b"}).find("no messages are stored for a@b\n"), 0U);
}

}  // namespace
