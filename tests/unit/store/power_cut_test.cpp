// The machine loses power before each change of the disk, and only the medium's contents are left.
// The store's promises must hold.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "store/power_cut_disk.h"
#include "store/stored.h"

namespace {

using namespace ci;
using namespace ci::test;
namespace fs = std::filesystem;

/// The store's promise about a message or a pin.
enum class Said : std::uint8_t { nothing, there, gone };

class Life {
  public:
    Life(PowerCutDisk::Habits habits, store::Sync sync)
        : disk_(directory_.path(), habits, [this] { die(); }) {
        options_.sync.sync = sync;
        options_.segment = 300;
        options_.call_file_writer.delay = std::chrono::milliseconds(0);
        store_.emplace(directory_.path() / "root", options_, disk_);
    }

    void live() {
        for (const char* call : {"a", "b", "pinned", "a"}) append(call);
        settle();
        pin("pinned");
        for (const char* call : {"pinned", "b", "c", "pinned"}) append(call);
        flush("b");
        for (const char* call : {"b", "c", "pinned"}) append(call);
        flush_all();
        for (const char* call : {"a", "pinned", "b"}) append(call);
        settle();
        flush("a");
        unpin("pinned");
        append("pinned");
        flush_all();
        append("b");
        settle();
        const std::scoped_lock lock(mutex_);
        store_ended_ = true;
    }

    int deaths = 0, broken = 0;  ///< power cuts; broken promises
    std::string first_broken;

  private:
    struct Message {
        std::string call, label;
        Said said = Said::nothing;
    };

    void append(const std::string& call) {
        const std::string label = std::to_string(number_++);
        {
            const std::scoped_lock lock(mutex_);
            messages_.push_back({call, label});
        }
        test::append(*store_, call, label);
    }
    void settle() { ASSERT_TRUE(store_->settle(in_a_minute())); }

    template <typename Which>
    void say(Said said, const Which& which) {
        const std::scoped_lock lock(mutex_);
        for (Message& message : messages_) {
            if (which(message)) message.said = said;
        }
    }
    /// During the flush the flushed data may be there or not.
    template <typename Which>
    void flush(const Which& which, const std::function<store::Flushed()>& doing) {
        settle();
        say(Said::nothing, which);
        {
            const std::scoped_lock lock(mutex_);
            silent_ = messages_.size();
        }
        EXPECT_EQ(doing().text(), "");
        say(Said::gone, which);
    }
    void flush(const std::string& call) {
        flush([&](const Message& message) { return message.call == call; },
              [&] { return store_->flush(call); });
    }
    void flush_all() {
        flush(
            [&](const Message& message) {
                return pinned_ == Said::gone || message.call != "pinned";
            },
            [&] { return store_->flush(); });
    }
    void set_pinned(Said said) {
        const std::scoped_lock lock(mutex_);
        pinned_ = said;
    }
    void pin(const std::string& call) {
        set_pinned(Said::nothing);
        EXPECT_EQ(store_->pin(call).text(), "");
        set_pinned(Said::there);
    }
    void unpin(const std::string& call) {
        set_pinned(Said::nothing);
        EXPECT_EQ(store_->unpin(call).text(), "");
        set_pinned(Said::gone);
    }

    void die() {
        const std::scoped_lock lock(mutex_);
        if (!store_ || store_ended_) return;
        // Messages counted as stored are promised, in the order of their arrival.
        const auto stored = store_->counts().stored;
        for (std::size_t i = silent_; i < messages_.size() && i < stored; ++i) {
            if (messages_[i].said == Said::nothing) messages_[i].said = Said::there;
        }
        std::string now = disk_.fingerprint();
        for (const Message& message : messages_) now += static_cast<char>(message.said);
        now += static_cast<char>(pinned_);
        if (!seen_.insert(now).second) return;
        ++deaths;
        const TemporaryDirectory place;
        disk_.restore(place.path());
        check(place.path() / "root");
    }

    void check(const fs::path& root) {
        store::Options quick;
        quick.call_file_writer.delay = std::chrono::milliseconds(0);
        store::Store store(root, quick);
        ASSERT_TRUE(store.settle(in_a_minute()));
        std::map<std::string, int> there;
        for (const char* call : {"a", "b", "c", "pinned"}) {
            for (const std::string& label : labels(store, call)) ++there[label];
        }
        for (const Message& message : messages_) {
            const int times = there[message.label];
            const bool is_right =
                message.said == Said::nothing || times == (message.said == Said::there);
            if (is_right && times < 2) continue;
            breaks("message " + message.label + " of " + message.call + " is there " +
                   std::to_string(times) + " times");
        }
        const bool is_pinned = store.flush("pinned").text() == "the call is pinned";
        if (pinned_ != Said::nothing && is_pinned != (pinned_ == Said::there)) breaks("the pin");
    }
    void breaks(const std::string& what) {
        if (broken++ == 0) first_broken = "death " + std::to_string(deaths) + ": " + what;
    }

    TemporaryDirectory directory_;
    std::mutex mutex_;
    std::vector<Message> messages_;
    std::size_t silent_ = 0;  ///< the first message without a promise
    Said pinned_ = Said::gone;
    bool store_ended_ = false;
    int number_ = 0;
    std::set<std::string> seen_;
    store::Options options_;
    PowerCutDisk disk_;
    std::optional<store::Store> store_;
};

constexpr PowerCutDisk::Habits all_habits[] = {{.names = false, .bytes = false},
                                               {.names = true, .bytes = false},
                                               {.names = false, .bytes = true}};

TEST(PowerCutTest, WhateverWasPromisedHolds) {
    for (const auto& habits : all_habits) {
        Life life(habits, store::Sync::always);
        life.live();
        EXPECT_EQ(life.broken, 0) << life.first_broken << " (names " << habits.names << ", bytes "
                                  << habits.bytes << ")";
        EXPECT_GT(life.deaths, 20);
    }
}

TEST(PowerCutTest, NothingIsPromisedWhereTheKernelDecides) {
    Life life({}, store::Sync::never);
    life.live();
    EXPECT_GT(life.broken, 0) << "else the test above proves nothing";
}

}  // namespace
