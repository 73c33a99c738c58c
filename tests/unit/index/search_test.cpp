// What the database finds is what looking at every row finds.
#include "index/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "calls/messages.h"
#include "index/dialogue_table.h"
#include "index/schema.h"
#include "store/disk/path.h"
#include "support/temporary_directory.h"

namespace ci::index {
namespace {

class Rows : public testing::Test {
  protected:
    void SetUp() override { make(300, 1'000); }

    /// So many dialogues, one each `apart` milliseconds. Every 25th is a long one.
    void make(int count, int apart) {
        now_ = test::start_of_cases + wire::Micros{1'000} * count * apart;
        opened_.emplace(open_for_writing(directory_.path() / "calls.db", ""));
        DialogueTable table(opened_->database);
        std::mt19937 random(18);
        const auto one_of = [&](auto... texts) {
            const std::vector<std::string> all{texts...};
            return all[random() % all.size()];
        };
        Transaction transaction(opened_->database);
        for (int i = 0; i < count; ++i) {
            const std::string id =
                "call-" + std::to_string(i) + one_of("@10.0.0.1", "@example.com", "_x%y");
            Dialogue dialogue(id);
            const std::string method =
                one_of("INVITE", "INVITE", "INVITE", "REGISTER", "OPTIONS", "MESSAGE");
            const std::string from = one_of("alice", "Bob", "101", "1101", "+4930123", "030123",
                                            "30123", "anonymous", "*98");
            const std::string to =
                one_of("bob", "0049-30-123", "9101", "carol", "30124", "(030) 123");
            const std::string hop = one_of("1>2", "2>3", "10.1.2.3:5080>2", "[2001:db8::1]:5060>1",
                                           "[2001:db8::2]:5061>2");
            const std::string agent = one_of("Phone 1", "phone 1", "PBX");
            const std::string at = std::to_string(i * apart);
            const auto tell = [&](const std::string& line) {
                dialogue.row.take(test::chunk_of(
                    test::read_expected(line + " hop=\"" + hop + "\" from=\"<sip:" + from +
                                        "@example.com>\" to=\"<sip:" + to + "@h>\" User-Agent=\"" +
                                        agent + "\""),
                    id));
            };
            tell("at=" + at + " is=" + method);
            const std::string status = one_of("", "200", "404", "486", "503");
            if (!status.empty()) {
                tell("at=" + std::to_string(i * apart + 300) + " is=" + status + " of=" + method);
            }
            if (i % 25 == 0) {
                tell("at=" + std::to_string(i * apart + 7'200'000) + " is=BYE number=2 to_tag=t");
            }
            table.write(file_key(store::relative_path(id)), dialogue, std::nullopt);
            rows_.push_back(dialogue.row);
        }
        transaction.commit();
        std::reverse(rows_.begin(), rows_.end());  // the newest first
    }

    void expect_same(const std::string& text, std::size_t most) {
        const auto expression = calls::parse_expression(text, {now_, {}});
        ASSERT_TRUE(expression) << text << ": " << expression.error().text;
        std::vector<std::string> expected, actual;
        for (const auto& row : rows_) {
            if (expected.size() < most && calls::matches(row, *expression)) {
                expected.push_back(row.call_id());
            }
        }
        for (const auto& row : search(opened_->database, *expression, most,
                                      [](const auto& /*row*/) { return true; })) {
            actual.push_back(row.call_id());
        }
        EXPECT_EQ(actual, expected) << text;
        found_ += expected.size();
    }

    TemporaryDirectory directory_;
    std::optional<Opened> opened_;
    std::vector<calls::Row> rows_;
    std::size_t found_ = 0;
    wire::Micros now_ = 0;
};

constexpr const char* words[] = {"from=alice",
                                 "from=bob",
                                 "from=101",
                                 "from!=101",
                                 "from=30123",
                                 "from=+4930123",
                                 "to=30123",
                                 "user=30123",
                                 "user=101,9101",
                                 "user=*98",
                                 "user=bob@example.com",
                                 "from~li",
                                 "user~30",
                                 "to=\"(030) 123\"",
                                 "from=\"\"",
                                 "ip=10.0.0.2",
                                 "ip=10.0.0.0/24",
                                 "ip=10.0.0.0/15",
                                 "ip=10.1.2.3:5080",
                                 "ip=10.1.2.3:5060",
                                 "ip=2001:db8::/64",
                                 "ip=2001:db8::2,10.1.2.3",
                                 "ip!=10.0.0.2",
                                 "ip=0.0.0.0/0",
                                 "ip=::/0",
                                 "port=5061",
                                 "port!=5060",
                                 "status=486",
                                 "status=4xx",
                                 "status=200,503",
                                 "status!=200",
                                 "status<300",
                                 "status>400",
                                 "outcome=busy",
                                 "method=MESSAGE",
                                 "kind=registration",
                                 "kind=call",
                                 "kind!=call",
                                 "kind=options,message",
                                 "kind!=call,message,other",
                                 "kind=call kind=options",
                                 "call~call-1",
                                 "call~_X%",
                                 "call~@EXAMPLE",
                                 "call=call-7@example.com",
                                 "since=10s",
                                 "since=100s",
                                 "until=100s",
                                 "since=2026-11-21",
                                 "duration>0",
                                 "pdd<1",
                                 "alice",
                                 "30123",
                                 "10.1.2.3",
                                 "10.0.0.1",
                                 "call-2",
                                 "2001:db8::1",
                                 "_x%y",
                                 "nothing",
                                 "ua~x",
                                 "finding!=loop"};

TEST_F(Rows, AreFoundByEachWord) {
    for (const char* word : words) expect_same(word, 1'000);
    for (const char* word : words) expect_same(word, 3);
    EXPECT_GT(found_, 3'000U);
}

TEST_F(Rows, AreFoundBySeveralWords) {
    std::mt19937 random(18);
    for (int i = 0; i < 1'000; ++i) {
        std::string text;
        for (unsigned n = 1 + random() % 3; n > 0; --n) {
            text.append(words[random() % std::size(words)]).append(" ");
        }
        expect_same(text, i % 2 == 0 ? 1'000 : 5);
    }
}

class ManyRows : public Rows {
  protected:
    void SetUp() override { make(4'000, 4'000); }
};

/// So many that it is quicker to look at the newest first than to look all up.
TEST_F(ManyRows, AreFoundByWhatHasThemByTheirStartAndByTime) {
    for (const char* word :
         {"ua=\"phone 1\"", "ua=\"Phone 1\",pbx", "ua=pbx kind=registration", "ua=pbx from=alice",
          "ua=PBX kind=registration,message,call", "status=486", "status=486 ua=pbx", "since=60s",
          "since=60s until=30s", "since=2h until=115m", "since=3h kind=registration",
          "since=70m until=2h", "since=1h status=503", "since=90m from=bob method=BYE"}) {
        expect_same(word, 5);
        expect_same(word, 4'000);
    }
    EXPECT_GT(found_, 4'000U);
}

TEST_F(Rows, WhoseFileIsGoneAreLeftOut) {
    const auto all = search(opened_->database, {}, 10, [](const auto& row) {
        return row.call_id().find("@example.com") == std::string::npos;
    });
    EXPECT_EQ(all.size(), 10U);
}

}  // namespace
}  // namespace ci::index
