// What the store has taken and no call's file has yet: lines in memory, which the journal's thread
// writes, and lines in the journal, which the shelver moves into the calls' files. A question sees
// both. All functions may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/journal/flush_marks.h"
#include "store/journal/journal_index.h"
#include "store/journal/latest_calls.h"

namespace ci::store {

/// A chunk's line, with its line feed.
struct Line {
    std::string_view text;
    bool is_chatter = false;  ///< OPTIONS or REGISTER: the first to go when there is no room
};

/// Lines one behind the other, and where each of them is.
struct Buffer {
    std::string text;
    std::vector<Entry> entries;
    std::size_t done = 0;  ///< so many of the entries are in the journal
};

/// How much may be on its way. Chatter is taken up to half of it, new calls up to three quarters,
/// and beyond that as many lines as are shelved meanwhile; the rest is for calls that have begun.
/// Of a call that was refused nothing is taken until half of the room is free again.
struct Room {
    std::size_t bytes = 64U << 20U;    ///< in memory, not in the journal yet
    std::size_t waiting = 10'000'000;  ///< lines in the journal; each costs 24 bytes of memory
};

class Backlog {
  public:
    using Clock = std::chrono::steady_clock;

    explicit Backlog(const Room& room) : room_(room) {}

    /// The next line's number.
    void begin_at(Seq seq);

    /// Numbers the lines and keeps them. How many were taken; there was no room for the others.
    std::size_t add(std::span<const Line> lines);

    /// Forgets a call's lines, or all, and has the journal say so. The number of the mark.
    Seq flush(FlushMark mark);
    /// Waits until a mark is in the journal and holds after a kill, too; false: not by then.
    bool wait_until_journalled(Seq seq, Clock::time_point until) const;
    [[nodiscard]] bool is_gone(std::string_view key, Seq seq) const;

    // For the journal's thread.

    /// Waits for lines. They stay as they are until the next call.
    struct Next {
        const Buffer* lines;  ///< may have none: `until` came first; null: the end, nothing is left
        bool close;           ///< the journal's segment is not to be written to any more
    };
    [[nodiscard]] Next next_lines(Clock::time_point until);
    /// The next `n` of these lines are in the journal now, the first of them at `offset`.
    void journalled(std::size_t n, const std::shared_ptr<Segment>& segment, std::size_t offset);
    /// The lines left of this buffer cannot be written any more. How many.
    std::size_t give_up();
    /// Waits a little before a write is tried again; false: the end has come.
    [[nodiscard]] bool pause(std::chrono::milliseconds time);

    // For the shelver.

    /// What another process left in the journal.
    void recover(const std::shared_ptr<Segment>& segment, std::span<const Entry> entries);
    void recover(FlushMark mark, Seq seq);

    /// Waits until lines wait or `until` has come; false: the end has come, and nothing waits.
    [[nodiscard]] bool wait_for_work(Clock::time_point until);
    /// Waits that long; less at the end.
    void gather(std::chrono::milliseconds time);
    [[nodiscard]] std::vector<std::shared_ptr<const Block>> oldest(std::size_t bytes);
    /// These blocks are done but for the lines in `stuck`, which stay. Answers with the segments
    /// that nobody needs any more.
    struct Shelved {
        std::size_t shelved = 0, flushed = 0, unreadable = 0;
    };
    struct Done {
        std::vector<std::shared_ptr<const Block>> blocks;
        std::vector<Waiting::Ref> stuck;
        Shelved counts;
    };
    using Segments = std::vector<std::shared_ptr<Segment>>;
    [[nodiscard]] Segments done(Done done);
    /// Calls with lines that could not be shelved, and those lines, in their order, from the first
    /// on, up to so many bytes, one at least.
    [[nodiscard]] std::vector<std::uint64_t> stuck() const;
    [[nodiscard]] std::vector<Waiting::Ref> stuck(std::uint64_t hash, std::size_t bytes) const;
    [[nodiscard]] bool is_stuck(std::uint64_t hash) const;
    /// These of them, a call's one behind the other, are done now.
    [[nodiscard]] Segments unstick(std::span<const Waiting::Ref> refs, const Shelved& counts);
    /// Groups of the oldest segments, which hold stuck lines and others that nobody needs any more;
    /// and their stuck lines, in order. Each group had better be one segment of those lines alone.
    struct Loose {
        Segments segments;
        std::vector<Waiting::Ref> stuck;
    };
    [[nodiscard]] std::vector<Loose> loose() const;
    /// That is done: `refs` say where each line is now, and which are left out is done.
    void tighten(const Segments& old, const std::shared_ptr<Segment>& tight,
                 std::span<const Waiting::Ref> refs);
    /// If nothing is on its way but what is stuck, the segment that was written to is closed.
    [[nodiscard]] Segments close_idle_segment();

    // For questions.

    struct Found {
        std::string lines;               ///< in memory
        std::vector<Waiting::Ref> refs;  ///< in the journal; oldest first
    };
    [[nodiscard]] Found find(std::string_view key) const;

    struct Counts {
        std::uint64_t received = 0, lost = 0;    ///< received = in memory + stored + lost
        std::uint64_t stored = 0;                ///< in the journal, or were
        std::uint64_t shelved = 0, flushed = 0;  ///< waiting = stored - shelved - flushed
        std::uint64_t unreadable = 0;            ///< in the journal, and the disk lost them
        std::uint64_t recovered = 0;             ///< of stored: found in the journal at the start
        std::size_t memory = 0;                  ///< bytes
        /// In the journal only.
        [[nodiscard]] std::uint64_t waiting() const noexcept {
            return stored - shelved - flushed - unreadable;
        }
    };
    [[nodiscard]] Counts counts() const;

    /// True: nothing is on its way any more. False: `until` came first.
    [[nodiscard]] bool wait_until_empty(Clock::time_point until) const;

    /// No more lines are taken; the threads end when everything is done.
    void end();
    [[nodiscard]] bool has_ended() const;

  private:
    void count(const Shelved& counts) noexcept;
    [[nodiscard]] bool fits(std::size_t quarters) const;
    [[nodiscard]] bool admit(std::uint64_t hash, bool is_chatter);
    /// One of the lines that may be taken because others were shelved.
    bool take_credit();
    [[nodiscard]] std::size_t memory() const noexcept {
        return open_.text.size() + writing_.text.size();
    }
    [[nodiscard]] bool is_idle() const noexcept;  ///< but for what is stuck
    [[nodiscard]] bool is_empty() const noexcept;
    void add_control(std::string_view line);
    [[nodiscard]] Segments take_unneeded();

    const Room room_;
    mutable std::mutex mutex_;
    mutable std::condition_variable lines_, work_, empty_, journal_;
    Seq next_ = least_seq;
    Seq journalled_ = 0;  ///< the last one that is in the journal
    Buffer open_, writing_;
    Waiting waiting_;
    /// Changed by the shelver only, so that it reads them without the mutex.
    struct Stuck {
        std::vector<Waiting::Ref> refs;
        std::size_t done = 0;  ///< so many of the first ones
    };
    std::unordered_map<std::uint64_t, Stuck> stuck_;
    std::size_t stuck_count_ = 0;
    Segments segments_;                 ///< with lines that are not done, the oldest first
    std::shared_ptr<Segment> current_;  ///< the last one that was written to
    FlushMarks marks_;
    LatestCalls begun_, refused_;
    std::size_t credit_ = 0;  ///< lines
    Counts counts_;
    bool ended_ = false, journal_ended_ = false;
};

}  // namespace ci::store
