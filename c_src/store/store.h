// The store: one plain-text file of JSON lines per Call-ID, which others (logrotate, rm) may read
// and delete at any time. Lines are first written to a journal and then moved to the calls' files;
// a query sees both. docs/store.md explains it, docs/formats.md has the layout.
//
// All functions may be called from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "store/call_file_writer.h"
#include "store/calls/call_files.h"
#include "store/flushing.h"
#include "store/housekeeper.h"
#include "store/journal/backlog.h"
#include "store/journal/journal_writer.h"

namespace ci::store {

struct Options {
    Room room;
    std::size_t segment = 64U << 20U;  ///< bytes, approximately
    JournalWriter::Policy sync;
    CallFileWriter::Policy call_file_writer;
    Retention retention;
    Group group;
    /// Told of every change of a call's file, with the file's lock held; these must not wait.
    std::function<void(const ShelvedLines&)> shelved = [](const ShelvedLines& /*lines*/) {};
    CallFiles::Changed changed = [](std::string_view /*relative*/) {};
    /// How long a restarted program waits for the lock of the process that ran before.
    std::chrono::milliseconds wait_for_predecessor{5'000};
    Notice notice = [](bool /*trouble*/, const std::string& /*text*/) {};
};

/// How many lines of a batch were stored. A line is stored whole or not at all.
struct Appended {
    std::size_t stored = 0;  ///< taken: visible to queries from now on
    std::size_t failed = 0;  ///< there was no room for these
};

struct StoredCall {
    std::vector<chunk::Chunk> chunks;  ///< in the order of their arrival
    std::size_t skipped = 0;           ///< unreadable lines: torn by a crash, or edited
    Error error;                       ///< why the file could not be read
};

class Store {
  public:
    /// Continues with the lines that an earlier process left in the journal. If there are none, the
    /// disk is not touched before the first append. Throws std::runtime_error if another process
    /// stores in `root`.
    explicit Store(const std::filesystem::path& root, Options options = {},
                   Disk& disk = store::disk());
    /// On return all lines that were taken are in the journal, if the journal can be written.
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    Appended append(std::span<const Line> lines);

    /// An unknown Call-ID gives an empty dialogue, not an error.
    [[nodiscard]] StoredCall read(std::string_view call_id) const;

    /// Replaces the content of the file at `relative` (path.h) by the result of `change`, in one
    /// step; appends to the file wait meanwhile. An empty result removes the file, and no result
    /// leaves it as it is. A missing file is no error.
    using Change = std::function<std::optional<std::string>(std::string_view content)>;
    [[nodiscard]] Error rewrite(const std::string& relative, const Change& change);

    /// Removes one call, or all, from the disk, the journal, and memory. Files that are not the
    /// store's stay, and symbolic links are not followed. The intake goes on meanwhile.
    Flushed flush(std::string_view call_id);
    Flushed flush();

    /// Keeps a call from being removed by age, by size, or by a flush.
    [[nodiscard]] Error pin(std::string_view call_id) { return pins_.pin(call_id); }
    /// False also while the pins cannot be read.
    [[nodiscard]] bool is_pinned(std::string_view call_id) const;
    [[nodiscard]] Error unpin(std::string_view call_id) { return pins_.unpin(call_id); }

    /// The Call-IDs that began last, the newest first.
    [[nodiscard]] std::vector<std::string> recent(std::size_t n) const { return recent_.last(n); }
    [[nodiscard]] Totals totals() const noexcept { return housekeeper_->totals(); }

    [[nodiscard]] Backlog::Counts counts() const { return backlog_.counts(); }
    /// Lines that were cut short when a process or machine died. Readers skip them.
    [[nodiscard]] std::uint64_t torn() const noexcept {
        return torn_at_start_ + call_file_writer_->torn();
    }

    /// Why the journal or a call's file cannot be written now; empty if all can.
    [[nodiscard]] std::string trouble() const {
        std::string why = writer_->trouble();
        return why.empty() ? call_file_writer_->trouble() : why;
    }

    /// Waits until all lines are in the calls' files; false if `until` came first.
    [[nodiscard]] bool settle(Backlog::Clock::time_point until) const {
        return backlog_.wait_until_empty(until);
    }

    /// Waits until all lines that were taken so far would survive a kill; false if `until` came
    /// first.
    [[nodiscard]] bool wait_until_journalled(Backlog::Clock::time_point until) const {
        return backlog_.wait_until_journalled(until);
    }

    [[nodiscard]] const std::filesystem::path& root() const noexcept { return files_.root(); }

  private:
    void note_unreadable(const Error& error) const;

    Disk& disk_;
    const Group group_;
    const bool is_durable_;  ///< sync changes to the medium; else the kernel does, later
    const Notice notice_;
    mutable os::Mutex told_mutex_;
    mutable std::string told_ GUARDED_BY(told_mutex_);  ///< the last text about an unreadable file
    CallFiles files_;
    Journal journal_;
    Pins pins_;
    Catalog catalog_;
    RecentCalls recent_;
    Flushing flushing_;
    Backlog backlog_;
    std::uint64_t torn_at_start_ = 0;
    std::optional<Housekeeper> housekeeper_;
    std::optional<CallFileWriter> call_file_writer_;
    std::optional<JournalWriter> writer_;
};

/// The default directory: Kazoo's for root, else the user's own state directory. main calls this
/// once; the environment is read here.
std::filesystem::path default_root();

}  // namespace ci::store
