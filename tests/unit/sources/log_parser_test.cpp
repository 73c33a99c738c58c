// The parser of a log, and a store that dies under it: what a restart finds is what was written by
// then, and in the end every record is stored once.
#include "sources/log_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "os/mutex.h"
#include "support/temporary_directory.h"

namespace ci::sources {
namespace {

using namespace std::chrono_literals;

/// A record of Kazoo's Kamailio: a request received and sent on.
std::string record(unsigned n) {
    const std::string begin = "2026-11-21T02:43:15." + std::to_string(100'000 + n) +
                              "+00:00 host kamailio[7]: INFO: <script>: call-" +
                              std::to_string(n % 5) + "|";
    return begin + "start|received udp request INVITE sip:b@192.0.2.2\n" + begin +
           "log|source 192.0.2.1:5060 -> 192.0.2.2:5060\n" + begin +
           "pass|192.0.2.2:5060 -> 192.0.2.3:5060\n";
}
constexpr unsigned chunks_of_record = 2;

class Store : public LogStore {
  public:
    using Row = std::pair<std::string, std::uint64_t>;  ///< Call-ID, log position

    [[nodiscard]] bool keep(std::span<const chunk::Draft> drafts, bool is_live,
                            const std::stop_token& /*stop*/) override {
        const os::MutexLock lock(mutex_);
        if (!lives()) return true;
        for (const auto& draft : drafts) {
            rows_.emplace_back(std::string(draft.call_id), *draft.log_position);
            arrivals_.push_back(draft.ref_timestamp);
        }
        if (is_live) live_ += drafts.size();
        changed_.notify_all();
        return true;
    }
    [[nodiscard]] bool has(const chunk::Draft& draft) override {
        const os::MutexLock lock(mutex_);
        return std::find(rows_.begin(), rows_.end(), Row(draft.call_id, *draft.log_position)) !=
               rows_.end();
    }
    [[nodiscard]] bool settle(std::chrono::steady_clock::time_point /*until*/) override {
        const os::MutexLock lock(mutex_);
        if (lives()) settled_ = rows_.size();
        return true;
    }
    [[nodiscard]] std::string place(const std::string& /*path*/) override {
        const os::MutexLock lock(mutex_);
        return place_;
    }
    [[nodiscard]] std::string set_place(const std::string& /*path*/,
                                        std::string_view text) override {
        const os::MutexLock lock(mutex_);
        if (lives()) place_ = text;
        return {};
    }

    /// Nothing that happens after so many more operations has any effect.
    void die_after(std::size_t operations) {
        const os::MutexLock lock(mutex_);
        left_ = operations;
    }
    /// What a killed process leaves: some of what was not settled is lost.
    void rise(std::mt19937& random) {
        const os::MutexLock lock(mutex_);
        left_ = SIZE_MAX;
        const std::size_t unsettled = rows_.size() - settled_;
        rows_.resize(settled_ + std::uniform_int_distribution<std::size_t>(0, unsettled)(random));
        settled_ = rows_.size();
    }
    /// False: there were not so many before the deadline, or the store died.
    bool wait_for(std::size_t rows) {
        os::MutexLock lock(mutex_);
        return changed_.wait_until(
                   lock, std::chrono::steady_clock::now() + 20s,
                   [&]() REQUIRES(mutex_) { return left_ == 0 || rows_.size() >= rows; }) &&
               left_ != 0;
    }
    [[nodiscard]] std::vector<Row> rows() {
        const os::MutexLock lock(mutex_);
        return rows_;
    }
    [[nodiscard]] std::vector<wire::Micros> arrivals() {
        const os::MutexLock lock(mutex_);
        return arrivals_;
    }
    [[nodiscard]] std::size_t live() {
        const os::MutexLock lock(mutex_);
        return live_;
    }
    void forget_place() {
        const os::MutexLock lock(mutex_);
        place_.clear();
    }

  private:
    bool lives() REQUIRES(mutex_) {
        if (left_ != 0 && left_ != SIZE_MAX) --left_;
        if (left_ == 0) changed_.notify_all();
        return left_ != 0;
    }

    os::Mutex mutex_;
    os::Condition changed_;
    std::vector<Row> rows_ GUARDED_BY(mutex_);
    std::vector<wire::Micros> arrivals_ GUARDED_BY(mutex_);
    std::size_t settled_ GUARDED_BY(mutex_) = 0, live_ GUARDED_BY(mutex_) = 0;
    std::string place_ GUARDED_BY(mutex_);
    std::size_t left_ GUARDED_BY(mutex_) = SIZE_MAX;
};

template <class Condition>
void wait_until(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("waited in vain");
        std::this_thread::yield();
    }
}

class LogParserTest : public testing::Test {
  protected:
    void append(const std::string& text) const {
        std::ofstream(log, std::ios::app | std::ios::binary) << text;
    }
    std::unique_ptr<LogParser> start() {
        LogOptions options;
        options.path = log.string();
        options.local = *wire::parse_endpoint("192.0.2.2:5060");
        options.from_start = from_start;
        auto parser = LogParser::start(options, store, [](std::string_view /*text*/) {});
        if (!parser) throw std::runtime_error(parser.error().why);
        return *std::move(parser);
    }
    void rotate() {  // as logrotate does it
        const auto name = [&](int n) { return log.string() + "." + std::to_string(n); };
        for (int n = rotated++; n > 0; --n) std::filesystem::rename(name(n), name(n + 1));
        std::filesystem::rename(log, name(1));
    }
    [[nodiscard]] std::set<Store::Row> distinct() {
        const auto rows = store.rows();
        return {rows.begin(), rows.end()};
    }

    TemporaryDirectory directory;
    std::filesystem::path log = directory.path() / "kamailio.log";
    Store store;
    bool from_start = false;
    int rotated = 0;
};

TEST_F(LogParserTest, ReadsTheFileAndWhatIsAppended) {
    append(record(0));
    const auto parser = start();
    EXPECT_TRUE(store.wait_for(chunks_of_record));
    append(record(1));
    EXPECT_TRUE(store.wait_for(2 * chunks_of_record));
    const auto arrivals = store.arrivals();
    EXPECT_TRUE(std::is_sorted(arrivals.begin(), arrivals.end(), std::less_equal<>()));
    EXPECT_EQ(std::string(parser->type()), "km_log");
    EXPECT_EQ(parser->id(), log.string());
}

TEST_F(LogParserTest, OnlyWhatIsAppendedTellsOfClocksNow) {
    append(record(0));
    const auto parser = start();
    EXPECT_TRUE(store.wait_for(chunks_of_record));
    EXPECT_EQ(store.live(), 0U);
    wait_until([&] { return parser->log()->is_following; });
    append(record(1));
    EXPECT_TRUE(store.wait_for(2 * chunks_of_record));
    EXPECT_EQ(store.live(), chunks_of_record);
}

TEST_F(LogParserTest, ARestartGoesOnAndCountsNoLineAgain) {
    append(record(0) + record(1));
    {
        const auto parser = start();
        EXPECT_TRUE(store.wait_for(2 * chunks_of_record));
    }
    append(record(2));
    const auto parser = start();
    EXPECT_TRUE(store.wait_for(3 * chunks_of_record));
    EXPECT_EQ(distinct().size(), 3 * chunks_of_record);
    wait_until([&] { return parser->counters().received > 0; });
    EXPECT_EQ(parser->counters().received, chunks_of_record);
}

/// A record that another one overtakes is handed over behind it, in one batch.
TEST_F(LogParserTest, ARecordThatMayBeStoredIsLookedForWhereverItStandsInABatch) {
    const std::string overtaken = record(0), other = record(1);
    const auto begin_of_pass = overtaken.rfind("2026-");
    append(overtaken.substr(0, begin_of_pass) + other + overtaken.substr(begin_of_pass));
    LogPlace place;
    place.beginning = overtaken.substr(0, beginning_size);
    place.untouched = 1;
    EXPECT_EQ(store.set_place(log.string(), to_text(place, log.string())), "");
    chunk::Draft stored;
    stored.call_id = "call-0";
    stored.log_position = 0;
    EXPECT_TRUE(store.keep({&stored, 1}, false, {}));
    const auto parser = start();
    EXPECT_TRUE(store.wait_for(2 * chunks_of_record));
    wait_until([&] { return parser->log()->known == 1; });
    EXPECT_EQ(distinct().size(), store.rows().size());
}

TEST_F(LogParserTest, ARestartMayBeginAnewAsKazoosDoes) {
    append(record(0));
    from_start = true;
    for (unsigned n = 1; n < 3; ++n) {
        const auto parser = start();
        EXPECT_TRUE(store.wait_for(n * chunks_of_record));
    }
    EXPECT_EQ(store.place(log.string()), "");
}

TEST_F(LogParserTest, ALogThatWasReadBeforeIsWaitedFor) {
    append(record(0));
    {
        const auto parser = start();
        EXPECT_TRUE(store.wait_for(chunks_of_record));
    }
    std::filesystem::remove(log);
    const auto parser = start();
    append(record(1));
    EXPECT_TRUE(store.wait_for(2 * chunks_of_record));
    store.forget_place();
}

TEST_F(LogParserTest, ALogThatWasNeverReadMustBeThere) {
    LogOptions options;
    options.path = log.string();
    const auto parser = LogParser::start(options, store, [](std::string_view /*text*/) {});
    ASSERT_FALSE(parser);
    EXPECT_EQ(parser.error().why, "No such file or directory");
}

TEST_F(LogParserTest, ItsNameHasNoDetours) {
    EXPECT_EQ(LogParser::id_of({.path = "/var//log/./kamailio.log"}), "/var/log/kamailio.log");
}

/// The store dies after so many operations, and again after as many.
class LogParserKilled : public LogParserTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(LogParserKilled, EveryRecordIsStoredOnce) {
    std::mt19937 random(static_cast<unsigned>(GetParam()));
    constexpr unsigned records = 30;
    unsigned written = 0;
    append(record(written++));
    for (unsigned life = 0; life < 4; ++life) {
        store.die_after(life < 3 ? GetParam() : SIZE_MAX);
        auto parser = start();
        while (written < records) {
            // A killed writer's last line may be incomplete for a while.
            const std::string text = record(written++);
            const auto cut = std::uniform_int_distribution<std::size_t>(0, text.size())(random);
            append(text.substr(0, cut));
            if (random() % 2 == 0) std::this_thread::yield();
            append(text.substr(cut));
            if (random() % 8 == 0) {
                rotate();
                append("");
            }
            if (random() % 3 != 0 && !store.wait_for(written * chunks_of_record)) break;
        }
        if (life == 3) EXPECT_TRUE(store.wait_for(records * chunks_of_record));
        if (life < 3) store.die_after(0);
        parser.reset();
        store.rise(random);
    }
    EXPECT_EQ(distinct().size(), records * chunks_of_record);
    EXPECT_EQ(store.rows().size(), records * chunks_of_record);
}

INSTANTIATE_TEST_SUITE_P(Operations, LogParserKilled, testing::Range<std::size_t>(1, 25, 2));

}  // namespace
}  // namespace ci::sources
