// The journal: what arrives is written here at once, one write for a batch, into segments
// ROOT/.journal/NUMBER.jsonl named after their first line's number. Of one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/access.h"
#include "store/numbered.h"
#include "store/segment.h"
#include "wire/result.h"

namespace ci::store {

inline constexpr std::string_view journal_name = ".journal";

struct JournalError {
    std::string why;         ///< "PATH: No space left on device"
    bool is_in_use = false;  ///< by another process
};

class Journal {
  public:
    Journal(Disk& disk, const std::filesystem::path& root, Group group, std::size_t segment_size)
        : disk_(disk), directory_(root / journal_name), group_(group), largest_(segment_size) {}

    struct Place {
        std::shared_ptr<Segment> segment;
        std::size_t offset;
    };
    /// Whole lines, or nothing. Makes what is missing: directory, segment.
    wire::expected<Place, JournalError> append(std::string_view lines, Seq first);

    /// What is appended next goes to a new segment.
    void close() noexcept { current_.reset(); }

    /// 0, or the errno.
    int sync();

    /// Takes possession, if the directory is there; an error: somebody else has it, or it cannot be
    /// opened. append() does it, too.
    wire::expected<bool, JournalError> lock();

    /// Segments that a former process left, oldest first. A torn line at an end is taken off.
    struct Left {
        std::vector<std::shared_ptr<Segment>> segments;
        std::size_t torn = 0;
        std::vector<std::string> problems;  ///< what could not be read
    };
    [[nodiscard]] Left left() const;

    [[nodiscard]] const std::filesystem::path& directory() const noexcept { return directory_; }

  private:
    wire::expected<bool, JournalError> begin_segment(Seq first);
    [[nodiscard]] bool is_gone() const;

    Disk& disk_;
    std::filesystem::path directory_;
    Group group_;
    std::size_t largest_;
    File lock_;
    std::shared_ptr<Segment> current_;
};

}  // namespace ci::store
