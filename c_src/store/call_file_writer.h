// The thread that moves lines from the journal into the calls' files. When little arrives, each
// line is moved within some milliseconds. When much arrives, the thread moves large batches, so
// that one file is opened once for many lines of a call.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "os/mutex.h"
#include "store/calls/call_files.h"
#include "store/flushing.h"
#include "store/journal/backlog.h"
#include "store/journal/journal_writer.h"

namespace ci::store {

/// Lines that were just appended to their call's file, which is still locked.
struct ShelvedLines {
    const std::string& relative;  ///< the file
    std::string_view key, lines;
    bool created;            ///< the file is new
    bool goes_on;            ///< then: the call has older lines, which are compressed
    std::uint64_t size = 0;  ///< of the file now
};

class CallFileWriter {
  public:
    struct Policy {
        std::size_t batch = 64U << 20U;       ///< bytes of lines in memory at a time
        std::chrono::milliseconds delay{20};  ///< how long a line waits for others of its call
        bool sync = false;  ///< sync calls' files to the medium before the journal forgets them
        std::function<void(const ShelvedLines&)> shelved = [](const ShelvedLines& /*lines*/) {};
        /// A file has lines already that a killed run left in the journal. The file is locked.
        std::function<void(const std::string& relative)> found =
            [](const std::string& /*relative*/) {};
        std::function<void()> before_journal_forgets = [] {};
    };

    /// Lines with numbers up to `recovered` may be in their files already.
    CallFileWriter(Backlog& backlog, CallFiles& files, Disk& disk, const Policy& policy,
                   Seq recovered, Flushing& flushing, Notice notice);
    /// Call after Backlog::end(). Lines that cannot be shelved now stay in the journal.
    ~CallFileWriter() = default;
    CallFileWriter(const CallFileWriter&) = delete;
    CallFileWriter& operator=(const CallFileWriter&) = delete;

    [[nodiscard]] std::uint64_t torn() const noexcept { return torn_; }

    /// Why lines cannot leave the journal now; empty if they can.
    [[nodiscard]] std::string trouble() const;

  private:
    struct Item {
        std::string_view line;
        Waiting::Ref ref;
    };
    struct Call {
        std::string relative;
        std::string_view key;
        std::span<const Item> items;
    };
    struct Outcome {
        std::vector<Waiting::Ref> done, stuck;
        Backlog::Fates counts;
    };
    void run();
    void shelve_oldest();
    void retry_stuck();
    bool retry_some(std::vector<std::uint64_t>& calls);
    void retire_segments();
    void tighten_segments();
    bool tighten(const Backlog::Loose& group);
    Outcome shelve(std::vector<Item>& items);
    void shelve_call(const Call& call, Outcome& outcome);
    void remove(const Backlog::Segments& segments);
    bool sync_calls_files();
    void note(const Error& error);
    void set_short_of_room(bool is_short);

    Backlog& backlog_;
    CallFiles& files_;
    Disk& disk_;
    const Policy policy_;
    const Seq recovered_;
    Flushing& flushing_;
    Notice notice_;
    bool blocked_ = false;  ///< no file can be written
    bool is_short_of_room_ = false;
    bool is_retry_ = false;
    std::chrono::milliseconds patience_{0};  ///< between two tries of stuck lines
    Backlog::Clock::time_point retry_at_{};
    Backlog::Clock::time_point retired_{}, tighten_at_{};
    bool is_unsafe_ = false;  ///< the last sync of calls' files failed
    std::atomic<std::uint64_t> torn_{0};
    mutable os::Mutex mutex_;
    std::string trouble_ GUARDED_BY(mutex_);
    std::jthread thread_;  ///< last: uses all of the above
};

}  // namespace ci::store
