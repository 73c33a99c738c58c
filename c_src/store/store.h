// The store: one plain-text file of JSON lines per Call-ID, read and deleted by us and at any time
// by others (logrotate, rm). What arrives is written into a journal at once, and moved to the
// calls' files behind that; questions see both. docs/store.md explains it, docs/formats.md has the
// layout.
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
    std::size_t segment = 64U << 20U;  ///< bytes, about
    JournalWriter::Policy sync;
    Shelver::Policy shelver;
    Retention retention;
    Group group;
    /// A program that is started again may meet its predecessor's last breath.
    std::chrono::milliseconds wait_for_predecessor{5'000};
    Notice notice = [](bool /*trouble*/, const std::string& /*text*/) {};
};

/// How a batch went. A line is stored whole or not at all.
struct Appended {
    std::size_t stored = 0;  ///< taken: seen by questions from now on
    std::size_t failed = 0;  ///< there was no room
};

struct StoredCall {
    std::vector<chunk::Chunk> chunks;  ///< in the order in which they came
    std::size_t skipped = 0;           ///< lines that could not be read: torn by a crash, edited
    std::string error;                 ///< why there is nothing, if the file could not be read
};

class Store {
  public:
    /// Goes on with what a former process left in the journal. If there is none, nothing is touched
    /// before the first append. Throws std::runtime_error if another process stores there.
    explicit Store(const std::filesystem::path& root, Options options = {},
                   Disk& disk = store::disk());
    /// Everything that was taken is in the journal afterwards, if that can be written.
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    Appended append(std::span<const Line> lines);

    /// An unknown Call-ID is an empty dialogue, not an error.
    [[nodiscard]] StoredCall read(std::string_view call_id) const;

    /// Puts what `change` makes of a file's content in its place; the file at `relative` (path.h)
    /// holds the one or the other, whatever happens meanwhile, and appends wait. An empty text:
    /// the file is removed; no text: it stays. Empty, or why it failed; a missing file is no
    /// failure.
    using Change = std::function<std::optional<std::string>(std::string_view content)>;
    [[nodiscard]] std::string rewrite(const std::string& relative, const Change& change);

    /// Forgets one call, or all: on the disk, in the journal, and in memory. Files that are not
    /// ours stay; symbolic links are not followed. The intake goes on meanwhile.
    Flushed flush(std::string_view call_id);
    Flushed flush();

    /// Keeps a call from being removed by age, by size, or with all others. Empty, or why not.
    std::string pin(std::string_view call_id) { return pins_.pin(call_id); }
    std::string unpin(std::string_view call_id) { return pins_.unpin(call_id); }

    /// Call-IDs that began last, the newest first.
    [[nodiscard]] std::vector<std::string> recent(std::size_t n) const { return recent_.last(n); }
    [[nodiscard]] Totals totals() const noexcept { return housekeeper_->totals(); }

    [[nodiscard]] Backlog::Counts counts() const { return backlog_.counts(); }
    /// Lines that were being written when a process or machine died: skipped, and ended.
    [[nodiscard]] std::uint64_t torn() const noexcept { return torn_at_start_ + shelver_->torn(); }

    /// Why the journal, or else a call's file, cannot be written at the moment; empty: all can.
    [[nodiscard]] std::string trouble() const {
        std::string why = writer_->trouble();
        return why.empty() ? shelver_->trouble() : why;
    }

    /// Waits until everything is in the calls' files; false: not by then.
    [[nodiscard]] bool settle(Backlog::Clock::time_point until) const {
        return backlog_.wait_until_empty(until);
    }

    [[nodiscard]] const std::filesystem::path& root() const noexcept { return files_.root(); }

  private:
    void note_unreadable(const CallFiles::Problem& problem) const;

    Disk& disk_;
    const Group group_;
    const bool is_durable_;  ///< what is done is brought to the medium, not left to the kernel
    const Notice notice_;
    mutable std::mutex told_mutex_;
    mutable std::string told_;  ///< what could not be read, the last time
    CallFiles files_;
    Journal journal_;
    Pins pins_;
    Catalog catalog_;
    RecentCalls recent_;
    Flushing flushing_;
    Backlog backlog_;
    std::uint64_t torn_at_start_ = 0;
    std::optional<Housekeeper> housekeeper_;
    std::optional<Shelver> shelver_;
    std::optional<JournalWriter> writer_;
};

/// Where calls are stored unless told otherwise: Kazoo's place for root, else the user's own state
/// directory. The environment is looked at here, once, by main.
std::filesystem::path default_root();

}  // namespace ci::store
