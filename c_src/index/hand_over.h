// What the store tells the index, on its way to the index's thread. The store's threads never wait
// here: lines for which there is no room are dropped, and their files are noted to be read later.
// Findings take the same way, one batch after the other.
// All functions may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "index/analysed.h"
#include "index/file_key.h"
#include "os/mutex.h"
#include "store/call_file_writer.h"
#include "wire/hash.h"

namespace ci::index {

/// Lines that were appended to a call's file.
struct Shelved {
    FileKey file;
    std::string key;  ///< of the call (store/disk/line_format.h)
    std::string lines;
    bool begins = false;     ///< they are the first of the file,
    bool goes_on = false;    ///< which has older, compressed lines
    std::uint64_t size = 0;  ///< of the file with them
    std::chrono::steady_clock::time_point since;
};

class HandOver {
  public:
    using Clock = std::chrono::steady_clock;
    using Files = std::unordered_set<FileKey, wire::TextHash>;

    struct Room {
        std::size_t bytes = 32U << 20U;
        std::size_t files = 200'000;  ///< that are to be read; beyond, all files are
    };
    explicit HandOver(const Room& room) : room_(room) {}

    // For the store.

    void shelved(const store::ShelvedLines& lines);
    /// A file has other content than the lines that were told.
    void changed(std::string_view relative);

    // For who analyses dialogues.

    void analysed(std::vector<Analysed> batch);
    /// False: the last batch is still on its way.
    [[nodiscard]] bool takes_analysed() const;

    // For the index's thread.

    struct Work {
        std::vector<Shelved> lines;
        std::vector<FileKey> files;  ///< to be read, some of those that are noted
        std::vector<Analysed> analysed;
        bool walk = false;  ///< all files are to be looked at
    };
    /// How much is taken at a time: what one transaction writes.
    struct Portion {
        std::size_t bytes = 8U << 20U;  ///< of lines, but at least one batch of a call's lines
        std::size_t files = 1'000;
    };
    /// Waits until there is work or `until` has come; then it waits `gather` for more, unless there
    /// is a portion of lines, there are files, or the end has come.
    /// What was taken before has been dealt with, or cannot be.
    [[nodiscard]] Work take(Clock::time_point until, std::chrono::milliseconds gather,
                            const Portion& most);
    /// Lines that were taken and could not be written: their files are noted.
    void put_back(const Work& work);
    /// Files that were taken and for which there was no time.
    void put_back(std::span<const FileKey> files);
    /// All files are to be looked at, as soon as possible.
    void ask_for_walk();

    struct Waiting {
        std::size_t bytes = 0, files = 0;
        /// Of the lines, also those that were taken last.
        Clock::time_point oldest = Clock::time_point::max();
        bool is_behind = false;  ///< lines were dropped, and not all of their files were read yet
    };
    [[nodiscard]] Waiting waiting() const;

    void end();
    [[nodiscard]] bool has_ended() const;

  private:
    void note(const FileKey& file) REQUIRES(mutex_);
    [[nodiscard]] bool has_work() const REQUIRES(mutex_);

    const Room room_;
    mutable os::Mutex mutex_;
    os::Condition work_;
    std::deque<Shelved> lines_ GUARDED_BY(mutex_);
    std::size_t bytes_ GUARDED_BY(mutex_) = 0;
    Files files_ GUARDED_BY(mutex_);
    bool walk_ GUARDED_BY(mutex_) = false, is_behind_ GUARDED_BY(mutex_) = false;
    Clock::time_point taken_ GUARDED_BY(mutex_) = Clock::time_point::max();
    bool ended_ GUARDED_BY(mutex_) = false;
    std::vector<Analysed> analysed_ GUARDED_BY(mutex_);
    bool writes_analysed_ GUARDED_BY(mutex_) = false;
};

}  // namespace ci::index
