// The thread that writes the lines that the store has taken into the journal.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>

#include "store/journal/backlog.h"
#include "store/journal/journal.h"

namespace ci::store {

/// When the journal is synced to the medium. Written lines survive the program's end in any case; a
/// sync protects them from the machine's crash.
enum class Sync : std::uint8_t {
    never,     ///< the kernel does so, within half a minute or so
    interval,  ///< at a fixed interval
    always     ///< before a line counts as stored
};

/// Called from the store's threads. True: `text` says what is wrong; false: all is well again.
using Notice = std::function<void(bool trouble, const std::string& text)>;

class JournalWriter {
  public:
    struct Policy {
        Sync sync = Sync::never;
        std::chrono::milliseconds interval{1'000};
    };

    JournalWriter(Backlog& backlog, Journal& journal, const Policy& policy, Notice notice);
    /// Call after Backlog::end().
    ~JournalWriter() = default;
    JournalWriter(const JournalWriter&) = delete;
    JournalWriter& operator=(const JournalWriter&) = delete;

    /// Why nothing can be written now; empty if writing works.
    [[nodiscard]] std::string trouble() const;

  private:
    void run();
    void write(const Buffer& lines);
    bool write_piece(const Buffer& lines, std::size_t n);
    void sync();
    void sync_if_due();
    void note(const std::string& why);

    Backlog& backlog_;
    Journal& journal_;
    const Policy policy_;
    Notice notice_;
    bool unsynced_ = false;
    bool is_synced_ = true;  ///< the last sync did not fail
    Backlog::Clock::time_point synced_{};
    std::uint64_t lost_told_ = 0;
    Backlog::Clock::time_point told_{};
    mutable os::Mutex mutex_;
    std::string trouble_ GUARDED_BY(mutex_);
    std::jthread thread_;  ///< last: uses all of the above
};

}  // namespace ci::store
