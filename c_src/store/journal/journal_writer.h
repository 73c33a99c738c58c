// The thread that writes what the store has taken into the journal.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>

#include "store/journal/backlog.h"
#include "store/journal/journal.h"

namespace ci::store {

/// When the journal is brought to the medium itself. It survives the program's end in any case;
/// this is about the machine's.
enum class Sync : std::uint8_t {
    never,     ///< the kernel does it, within half a minute or so
    interval,  ///< once in a while
    always     ///< before a line counts as stored
};

/// Called from the store's threads. True: something is wrong; false: it is right again.
using Notice = std::function<void(bool trouble, const std::string& text)>;

class JournalWriter {
  public:
    struct Policy {
        Sync sync = Sync::never;
        std::chrono::milliseconds interval{1'000};
    };

    JournalWriter(Backlog& backlog, Journal& journal, const Policy& policy, Notice notice);
    /// After Backlog::end().
    ~JournalWriter();
    JournalWriter(const JournalWriter&) = delete;
    JournalWriter& operator=(const JournalWriter&) = delete;

    /// Why nothing can be written now; empty: it can.
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
    mutable std::mutex mutex_;
    std::string trouble_;
    std::thread thread_;
};

}  // namespace ci::store
