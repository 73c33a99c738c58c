// What the store has taken and no call's file has yet: lines in memory, which the journal's thread
// writes, and lines in the journal, which the call file writer moves into the calls' files. A query
// sees both. All functions may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "os/mutex.h"
#include "store/journal/flush_marks.h"
#include "store/journal/journal_index.h"
#include "store/journal/latest_calls.h"

namespace ci::store {

/// A chunk's line, with its line feed.
struct Line {
    std::string_view text;
    std::string_view key;     ///< as key_of() finds it
    bool is_chatter = false;  ///< OPTIONS or REGISTER: lost first when there is no room
};

/// Consecutive lines, and the place of each.
struct Buffer {
    std::string text;
    std::vector<Entry> entries;
    std::size_t done = 0;  ///< how many of the entries are in the journal
};

/// How much may be in memory and in the journal. Chatter is taken until half of the room is used,
/// and lines of new calls until three quarters are used. Beyond three quarters a new call's line is
/// taken only for a line that was shelved meanwhile, and the rest is for calls that have begun. A
/// call that was refused is not taken until half of the room is free again.
struct Room {
    std::size_t bytes = 64U << 20U;    ///< bytes in memory, not yet in the journal
    std::size_t waiting = 10'000'000;  ///< lines in the journal; each costs 24 bytes of memory
};

class Backlog {
  public:
    using Clock = std::chrono::steady_clock;

    explicit Backlog(const Room& room) : room_(room) {}

    /// The next line's number.
    void begin_at(Seq seq);

    /// Numbers the lines and keeps them. Returns how many were taken; there was no room for the
    /// others.
    std::size_t add(std::span<const Line> lines);

    /// Forgets a call's lines, or all, and puts a mark that says so into the journal. Returns the
    /// mark's number.
    Seq flush(FlushMark mark);
    /// Waits until the mark is in the journal, and so survives a kill; false if `until` came first.
    bool wait_until_journalled(Seq seq, Clock::time_point until) const;
    /// The same for all lines that were taken so far.
    [[nodiscard]] bool wait_until_journalled(Clock::time_point until) const;
    [[nodiscard]] bool is_gone(std::string_view key, Seq seq) const;

    // For the journal's thread.

    /// Waits for lines. The returned lines stay valid until the next call.
    struct Next {
        const Buffer* lines;  ///< empty if `until` came first; null: the end, nothing is left
        bool close;           ///< close the journal's segment first
    };
    [[nodiscard]] Next next_lines(Clock::time_point until);
    /// The next `n` of these lines are in the journal now, the first of them at `offset`.
    void journalled(std::size_t n, const std::shared_ptr<Segment>& segment, std::size_t offset);
    /// Counts the remaining lines of this buffer as lost, and returns how many they are.
    std::size_t give_up();
    /// A write failed: the next one begins a new segment, so the last one can be removed as soon as
    /// its lines are done. That may be what makes room again.
    void close_failed_segment();
    /// Waits before a write is tried again, at least that long, and while calls' files wait for
    /// room: the journal would fill what a flush has freed, and nothing would leave it any more.
    /// False if the store is ending.
    [[nodiscard]] bool pause(std::chrono::milliseconds time);

    // For the call file writer.

    /// Lines and marks that an earlier process left in the journal.
    void recover(const std::shared_ptr<Segment>& segment, std::span<const Entry> entries);
    void recover(FlushMark mark, Seq seq);

    /// Waits until there are lines to shelve or `until` has come; false if the store is ending and
    /// there are none.
    [[nodiscard]] bool wait_for_work(Clock::time_point until);
    /// Waits that long, or less if the store is ending.
    void gather(std::chrono::milliseconds time);
    [[nodiscard]] std::vector<std::shared_ptr<const Block>> oldest(std::size_t bytes);
    /// These blocks are done except for the lines in `stuck`, which stay. Returns the segments that
    /// are no longer needed.
    /// What became of lines that were in the journal.
    struct Fates {
        std::size_t shelved = 0, flushed = 0, unreadable = 0;
    };
    struct Done {
        std::vector<std::shared_ptr<const Block>> blocks;
        std::vector<Waiting::Ref> stuck;
        Fates counts;
    };
    using Segments = std::vector<std::shared_ptr<Segment>>;
    [[nodiscard]] Segments done(Done done);
    /// The hashes of calls with lines that could not be shelved; and such lines of one hash, oldest
    /// first, up to so many bytes but at least one.
    [[nodiscard]] std::vector<std::uint64_t> stuck() const NO_THREAD_SAFETY_ANALYSIS;
    [[nodiscard]] std::vector<Waiting::Ref> stuck(std::uint64_t hash, std::size_t bytes) const
        NO_THREAD_SAFETY_ANALYSIS;
    [[nodiscard]] bool is_stuck(std::uint64_t hash) const NO_THREAD_SAFETY_ANALYSIS;
    /// These stuck lines are done now. Lines of one hash are adjacent in `refs`.
    [[nodiscard]] Segments unstick(std::span<const Waiting::Ref> refs, const Fates& counts);
    /// Groups of the oldest segments. Each holds stuck lines among lines that are no longer needed,
    /// so one segment of the stuck lines alone should replace it.
    struct Loose {
        Segments segments;
        std::vector<Waiting::Ref> stuck;
    };
    [[nodiscard]] std::vector<Loose> loose() const NO_THREAD_SAFETY_ANALYSIS;
    /// The segments `old` were replaced by `tight`: `refs` say where each line is now, and lines
    /// that are not in `refs` are done.
    void tighten(const Segments& old, const std::shared_ptr<Segment>& tight,
                 std::span<const Waiting::Ref> refs);
    /// Closes the segment that was written last if no lines but stuck ones remain. Returns the
    /// segments that are no longer needed.
    [[nodiscard]] Segments close_idle_segment();
    /// Whether calls' files wait for room on the disk.
    void files_need_room(bool need);

    // For queries.

    struct Found {
        std::string lines;               ///< in memory
        std::vector<Waiting::Ref> refs;  ///< lines in the journal, oldest first
    };
    [[nodiscard]] Found find(std::string_view key) const;

    struct Counts {
        std::uint64_t received = 0, lost = 0;    ///< received = lines in memory + stored + lost
        std::uint64_t stored = 0;                ///< written to the journal, ever
        std::uint64_t shelved = 0, flushed = 0;  ///< waiting = stored - shelved - flushed
        std::uint64_t unreadable = 0;            ///< lines of the journal that the disk lost
        std::uint64_t recovered = 0;             ///< of stored: found in the journal at the start
        std::size_t memory = 0;                  ///< bytes
        /// Since when the oldest of the waiting lines waits; stuck ones do not count.
        std::optional<Clock::time_point> oldest;
        /// Lines that are in the journal and in no call's file.
        [[nodiscard]] std::uint64_t waiting() const noexcept {
            return stored - shelved - flushed - unreadable;
        }
    };
    [[nodiscard]] Counts counts() const;

    /// True once all lines are in the calls' files; false if `until` came first.
    [[nodiscard]] bool wait_until_empty(Clock::time_point until) const;

    /// Refuses lines from now on. The threads end when all lines are done.
    void end();
    [[nodiscard]] bool has_ended() const;

  private:
    void count(const Fates& counts) noexcept REQUIRES(mutex_);
    [[nodiscard]] bool fits(std::size_t quarters) const REQUIRES(mutex_);
    [[nodiscard]] bool admit(std::uint64_t hash, bool is_chatter) REQUIRES(mutex_);
    /// Uses up one line of the credit that shelved lines give.
    bool use_credit() REQUIRES(mutex_);
    [[nodiscard]] std::size_t memory() const noexcept REQUIRES(mutex_) {
        return open_.text.size() + writing_.text.size();
    }
    [[nodiscard]] bool is_idle() const noexcept REQUIRES(mutex_);  ///< apart from stuck lines
    [[nodiscard]] bool is_empty() const noexcept REQUIRES(mutex_);
    void add_control(std::string_view line) REQUIRES(mutex_);
    [[nodiscard]] Segments extract_unneeded() REQUIRES(mutex_);

    const Room room_;
    mutable os::Mutex mutex_;
    mutable os::Condition lines_, work_, empty_, journal_;
    Seq next_ GUARDED_BY(mutex_) = least_seq;
    Seq journalled_ GUARDED_BY(mutex_) = 0;  ///< the last number that is in the journal
    Buffer open_ GUARDED_BY(mutex_);
    /// The journal's thread gets a pointer to this one, and reads what only its next call changes.
    Buffer writing_ GUARDED_BY(mutex_);
    Waiting waiting_ GUARDED_BY(mutex_);
    /// Changed by the call file writer only, which therefore reads them without the mutex. The
    /// analysis has no word for that, and leaves out the functions that do so.
    struct Stuck {
        std::vector<Waiting::Ref> refs;
        std::size_t done = 0;  ///< how many of the first ones are done
    };
    std::unordered_map<std::uint64_t, Stuck> stuck_ GUARDED_BY(mutex_);
    std::size_t stuck_count_ GUARDED_BY(mutex_) = 0;
    Segments segments_ GUARDED_BY(mutex_);  ///< with lines that are not done, oldest first
    std::shared_ptr<Segment> current_ GUARDED_BY(mutex_);  ///< the segment that was written last
    FlushMarks marks_ GUARDED_BY(mutex_);
    LatestCalls begun_ GUARDED_BY(mutex_), refused_ GUARDED_BY(mutex_);
    std::size_t credit_ GUARDED_BY(mutex_) = 0;  ///< lines
    bool files_need_room_ GUARDED_BY(mutex_) = false;
    Counts counts_ GUARDED_BY(mutex_);
    bool ended_ GUARDED_BY(mutex_) = false, journal_ended_ GUARDED_BY(mutex_) = false;
};

}  // namespace ci::store
