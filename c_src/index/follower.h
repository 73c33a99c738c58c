// Makes the database follow the calls' files: takes the lines that were appended, and reads files
// whose rows do not fit. For the thread that writes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calls/rules.h"
#include "index/analysed.h"
#include "index/changes.h"
#include "index/dialogue_table.h"
#include "index/hand_over.h"
#include "store/calls/call_files.h"

namespace ci::index {

class Follower {
  public:
    Follower(Database& database, const store::CallFiles& files, const calls::Rules& rules)
        : table_(database), files_(files), rules_(rules) {}

    /// Takes lines in the order in which they were told. Files that have more than these lines and
    /// the rows know of are read.
    void take(const std::vector<Shelved>& lines);

    /// Takes findings, except of dialogues that have grown since they were read.
    void take(const std::vector<Analysed>& analysed);

    /// Makes a row equal to its file, whatever the row was.
    void reread(const FileKey& file);

    /// The second octets of directories "aa/bb" that have files or rows.
    [[nodiscard]] std::vector<std::uint8_t> directories(std::uint8_t first);
    /// Compares the files "aa/bb/..." with their rows, and reads those that differ.
    void compare(std::uint8_t first, std::uint8_t second);

    /// What take() and reread() changed since the last time. What compare() finds was not told when
    /// it happened, so it is no news, unless it was about to be told.
    [[nodiscard]] std::vector<Change> changes() { return std::exchange(changes_, {}); }

    /// How many rows were added less those that were removed.
    [[nodiscard]] std::int64_t added() const noexcept { return added_; }

  private:
    using Batches = std::vector<const Shelved*>;
    [[nodiscard]] bool take(const Batches& of_one_file);
    void take_lines(std::string_view lines, Dialogue& dialogue) const;
    void write(const FileKey& file, const Dialogue& dialogue,
               const std::optional<Dialogue>& before);
    void remove(const FileKey& file);
    void tell(const Dialogue& now, std::string before);
    bool tell_if_untold(const FileKey& file, const Dialogue& now);
    [[nodiscard]] bool was_just_written(const FileKey& file) const;
    void note_untold(const FileKey& file, std::string before);

    DialogueTable table_;
    const store::CallFiles& files_;
    const calls::Rules& rules_;
    std::int64_t added_ = 0;
    std::vector<Change> changes_;
    bool is_comparing_ = false;
    /// Rows that compare() changed although their lines may be on their way here, as they were.
    std::map<FileKey, std::string> untold_;
};

}  // namespace ci::index
