// The journal. Each batch of lines that arrives is written here with one write, into segments
// ROOT/.journal/NUMBER.jsonl named after the number of their first line. The name of an empty file
// NUMBER.next is an upper bound of the numbers given so far, so that numbers rise even if the clock
// is set back. For one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/disk/error.h"
#include "store/disk/line_format.h"
#include "store/disk/permissions.h"
#include "store/journal/segment.h"
#include "wire/result.h"

namespace ci::store {

inline constexpr std::string_view journal_name = ".journal";

class Journal {
  public:
    struct Policy {
        std::size_t segment_size;
        bool syncs;  ///< the owner calls sync()
    };
    Journal(Disk& disk, const std::filesystem::path& root, Group group, const Policy& policy)
        : disk_(disk), directory_(root / journal_name), group_(group), policy_(policy) {}

    struct Place {
        std::shared_ptr<Segment> segment;
        std::size_t offset;
    };
    /// Appends whole lines with these numbers, or nothing. Creates the directory and the segment if
    /// they are missing.
    wire::expected<Place, Error> append(std::string_view lines, Seq first, Seq last);

    /// The next append begins a new segment.
    void close() noexcept { current_.reset(); }

    /// Syncs all that was appended, and the directories above.
    [[nodiscard]] Error sync();

    /// Locks the directory. False if there is no directory; the error is `in_use` if another
    /// process has the lock. append() locks, too.
    wire::expected<bool, Error> lock();

    /// Segments that an earlier process left, oldest first.
    struct Left {
        std::vector<std::shared_ptr<Segment>> segments;
        Seq next = 0;                 ///< no number from this one on was ever given
        std::vector<Error> problems;  ///< files that could not be read
    };
    [[nodiscard]] Left left();

    [[nodiscard]] const std::filesystem::path& directory() const noexcept { return directory_; }

  private:
    [[nodiscard]] Error begin_segment(Seq first);
    [[nodiscard]] bool is_over() const;
    [[nodiscard]] int reserve(Seq last);  ///< 0, or the errno
    [[nodiscard]] std::filesystem::path next_path() const;

    Disk& disk_;
    std::filesystem::path directory_;
    Group group_;
    const Policy policy_;
    File lock_;
    std::shared_ptr<Segment> current_;
    std::chrono::steady_clock::time_point begun_{};
    Seq next_ = 0;              ///< NUMBER of the file NUMBER.next; 0: there is none
    bool is_reserved_ = false;  ///< that file exists and is this process's
    // Not yet synced to the medium.
    std::vector<std::shared_ptr<Segment>> unsynced_;
    Directories made_;
    bool is_directory_unsynced_ = false;
};

}  // namespace ci::store
