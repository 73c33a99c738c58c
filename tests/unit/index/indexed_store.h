// A store that an index follows, in a directory of its own.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "calls/messages.h"
#include "index/index.h"
#include "store/store.h"
#include "support/temporary_directory.h"

namespace ci::test {

class IndexedStore {
  public:
    IndexedStore() { start(); }
    ~IndexedStore() { stop(); }
    IndexedStore(const IndexedStore&) = delete;
    IndexedStore& operator=(const IndexedStore&) = delete;

    index::HandOver::Room room;
    std::string analysis = "this one";

    void start(bool with_index = true) {
        index::Options options;
        options.root = root();
        options.room = room;
        options.analysis = analysis;
        options.gather = std::chrono::milliseconds(5);
        options.notice = [this](bool /*trouble*/, const std::string& text) {
            const os::MutexLock lock(mutex_);
            notices_.push_back(text);
        };
        if (with_index) index_.emplace(options);
        store::Options of_store;
        if (with_index) {
            of_store.shelved = [this](const auto& lines) { index_->shelved(lines); };
            of_store.changed = [this](auto relative) { index_->changed(relative); };
        }
        store_.emplace(root(), of_store);
        if (with_index) index_->start();
    }
    /// In the order in which the program ends.
    void stop() {
        store_.reset();
        index_.reset();
    }
    void restart() {
        stop();
        start();
    }

    [[nodiscard]] std::filesystem::path root() const { return directory_.path() / "calls"; }
    [[nodiscard]] std::filesystem::path database() const { return root() / ".index" / "calls.db"; }
    store::Store& store() { return *store_; }
    index::Index& index() { return *index_; }

    /// Stores one message; see messages.h.
    void tell(const std::string& call_id, const std::string& line) {
        const chunk::Chunk made = chunk_of(read_expected(line), call_id);
        chunk::Draft draft;
        draft.call_id = call_id;
        draft.parser = draft.observer = made.observer;
        draft.src = wire::parse_endpoint(made.src).value_or(wire::Endpoint());
        draft.dst = wire::parse_endpoint(made.dst).value_or(wire::Endpoint());
        draft.timestamp = *made.timestamp;
        draft.ref_timestamp = *made.ref_timestamp;
        draft.label = std::string_view(made.message).substr(0, made.message.find('\r'));
        draft.message = made.message;
        draft.event = made.event;
        std::string text;
        const auto place = chunk::append_line(draft, text);
        const store::Line one{text, std::string_view(text).substr(place.at, place.size)};
        ASSERT_EQ(store_->append({&one, 1}).stored, 1U);
    }

    [[nodiscard]] index::Index::Answer ask(const std::string& text, std::size_t most = 1'000) {
        const auto expression = calls::parse_expression(text, {start_of_cases, {}});
        if (!expression) {
            ADD_FAILURE() << text << ": " << expression.error().text;
            return {};
        }
        return index_->search(*expression, most);
    }
    [[nodiscard]] std::vector<std::string> found(const std::string& text,
                                                 std::size_t most = 1'000) {
        std::vector<std::string> call_ids;
        for (const auto& row : ask(text, most).rows) call_ids.push_back(row.call_id());
        return call_ids;
    }

    /// Until the condition holds; false after a minute.
    template <class Condition>
    [[nodiscard]] bool wait_for(Condition condition) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > until) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return true;
    }
    [[nodiscard]] bool wait_found(const std::string& text, const std::vector<std::string>& ids) {
        const bool is_found = wait_for([&] { return found(text) == ids; });
        if (!is_found) EXPECT_EQ(found(text), ids) << text;
        return is_found;
    }
    /// Everything that was stored is in the database.
    [[nodiscard]] bool wait_settled() {
        EXPECT_TRUE(store_->settle(store::Backlog::Clock::now() + std::chrono::minutes(1)));
        return wait_for([&] {
            const auto stats = index_->stats();
            return stats.incomplete.empty() && stats.waiting_bytes == 0 &&
                   stats.waiting_files == 0 && stats.lag_ms == 0 && !stats.percent;
        });
    }
    [[nodiscard]] std::vector<std::string> notices() {
        const os::MutexLock lock(mutex_);
        return notices_;
    }

  private:
    TemporaryDirectory directory_;
    os::Mutex mutex_;
    std::vector<std::string> notices_ GUARDED_BY(mutex_);
    std::optional<index::Index> index_;
    std::optional<store::Store> store_;
};

}  // namespace ci::test
