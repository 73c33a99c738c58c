// The index: one row a dialogue in a database, by which calls are searched (docs/search.md).
//
// It follows the calls' files and never holds the store up. Whatever it lacks it reads from the
// files again: at the start and once a day it compares all files with its rows.
//
// All functions may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "calls/dialogues.h"
#include "calls/expression.h"
#include "calls/rules.h"
#include "index/analysed.h"
#include "index/changes.h"
#include "index/hand_over.h"
#include "index/readers.h"
#include "os/mutex.h"
#include "store/call_file_writer.h"
#include "store/calls/call_files.h"
#include "store/journal/journal_writer.h"

namespace ci::index {

inline constexpr std::string_view directory_name = ".index";
inline constexpr std::string_view file_name = "calls.db";

struct Options {
    std::filesystem::path root;       ///< of the store
    std::filesystem::path directory;  ///< of the database; empty: `.index` below the root
    store::Group group;
    calls::Rules rules;    ///< what ties dialogues
    std::string analysis;  ///< by what findings are made; those of another one are not used
    HandOver::Room room;
    Changes::Room changes;                  ///< that are kept for those who follow
    std::chrono::milliseconds gather{150};  ///< how long lines wait for others
    store::Notice notice = [](bool /*trouble*/, const std::string& /*text*/) {};
};

/// What an operator is told.
struct Stats {
    std::uint64_t dialogues = 0;
    std::uint64_t lag_ms = 0;         ///< age of the oldest line that cannot be found yet
    std::uint64_t waiting_bytes = 0;  ///< of lines
    std::uint64_t waiting_files = 0;  ///< that are to be read
    std::optional<double> percent;    ///< of all files, while they are compared with the rows
    std::string incomplete;           ///< why answers may lack calls; empty: they do not
    std::string trouble;              ///< why the database cannot be written; empty: it can
};

class Index {
  public:
    explicit Index(Options options);
    /// Begins to work. Until then what the store tells waits. Call it once the store has locked its
    /// directory: two inspectors must not write to one database.
    void start();
    /// On return everything that was told is in the database, if it can be written soon.
    ~Index();
    Index(const Index&) = delete;
    Index& operator=(const Index&) = delete;

    /// For the store (store::Options).
    void shelved(const store::ShelvedLines& lines) { hand_over_.shelved(lines); }
    void changed(std::string_view relative) { hand_over_.changed(relative); }

    struct Answer {
        std::vector<calls::Row> rows;
        std::string incomplete;  ///< why calls may be missing; empty: none are
    };
    /// `analyse` sets the findings of a row whose own are not known, if the expression asks for
    /// some; `accept` is asked of each row that matches. Throws wire::TookTooLong.
    [[nodiscard]] Answer search(const calls::Expression& expression, std::size_t most,
                                const std::function<void(calls::Row& row)>& analyse = {},
                                const std::function<bool(calls::Row& row)>& accept = {});

    /// For who analyses dialogues: some that are due; none while the last findings are being
    /// written. Throws Failure.
    [[nodiscard]] std::vector<Due> due(wire::Micros now, std::size_t most);
    void analysed(std::vector<Analysed> batch) { hand_over_.analysed(std::move(batch)); }
    [[nodiscard]] DueCount count_due(wire::Micros now);

    /// Whether the dialogue's file is there. If not, its row will go.
    [[nodiscard]] bool is_stored(std::string_view call_id);

    /// For joining. The result must not outlive the index; its functions throw Failure and
    /// wire::TookTooLong.
    [[nodiscard]] std::unique_ptr<calls::Dialogues> dialogues();

    /// Of rows, as they are written; not those that were found by comparing all files.
    [[nodiscard]] Changes& changes() noexcept { return changes_; }

    /// Makes the database anew in the background. False: that is under way already.
    bool rebuild();

    [[nodiscard]] Stats stats() const;

  private:
    static constexpr std::size_t directories = 65'536;  ///< "aa/bb"
    static constexpr std::size_t no_walk = directories + 1;

    struct Progress;  ///< of the thread
    void run();
    void work(Progress& progress);
    void open(Progress& progress);
    void reread(std::span<const FileKey> files, Progress& progress);
    void walk(Progress& progress) const;
    void close(Progress& progress);
    void note(const Failure& failure, Progress& progress);
    void well();
    [[nodiscard]] bool was_replaced(const Progress& progress) const;

    const Options options_;
    const std::filesystem::path path_;
    store::CallFiles files_;
    HandOver hand_over_;
    Readers readers_;
    Changes changes_;
    std::stop_source late_;  ///< requested when the end has waited long enough
    std::atomic<bool> has_stopped_{false};
    std::atomic<bool> rebuild_{false};
    /// Directories compared in this walk; `no_walk`: none is under way.
    std::atomic<std::size_t> walked_;
    std::atomic<bool> is_complete_{false};  ///< a walk has ended since the database was made
    std::atomic<std::uint64_t> dialogues_{0};
    mutable os::Mutex mutex_;
    std::string trouble_ GUARDED_BY(mutex_);
    std::thread thread_;  ///< last: uses all of the above
};

}  // namespace ci::index
