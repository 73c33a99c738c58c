// The calls' files: one of JSON lines per Call-ID, ROOT/aa/bb/rest (path.h). Beside it may lie the
// same with ".zst": its older lines, compressed.
//
// Every file is opened for each batch and closed again, so nobody has to tell us that a file was
// moved away. All functions may be called from any thread.
#pragma once

#include <array>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "store/disk/file.h"
#include "store/disk/line_format.h"
#include "store/disk/permissions.h"

namespace ci::store {

/// What stands in the way of all files and not of one: a full disk, no descriptors left.
bool concerns_all(int error) noexcept;

class CallFiles {
  public:
    CallFiles(Disk& disk, std::filesystem::path root, Group group)
        : disk_(disk), root_(std::move(root)), group_(group) {}

    [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
    [[nodiscard]] Group group() const noexcept { return group_; }

    /// Who changes a file holds its lock: two writers would take each other's half-written tail for
    /// a torn one.
    [[nodiscard]] std::unique_lock<std::mutex> lock(std::string_view relative);

    /// Of all files, to be held for a moment only.
    [[nodiscard]] std::vector<std::unique_lock<std::mutex>> lock_all();

    struct Appended {
        int error = 0;          ///< an errno; then nothing was written
        bool created = false;   ///< the file was not there, or was empty
        bool goes_on = false;   ///< then: its older lines are compressed
        bool repaired = false;  ///< it ended in a torn line
    };
    /// Whole lines, with one write. Locked by the caller.
    Appended append(std::string_view relative, std::string_view text);

    /// The numbers of the lines at the file's end that have this number or a later one; no such
    /// file has none. An errno: it cannot be told.
    int numbers_from(std::string_view relative, Seq first, std::unordered_set<Seq>& out) const;

    /// All lines, the compressed ones first. An errno, and `out` has what could be read; no such
    /// file is an empty text and no error.
    struct Problem {
        int error = 0;
        std::filesystem::path path;
    };
    Problem read(std::string_view relative, std::string& out) const;

    /// The first line, or what is enough to tell the call from. Likewise.
    int read_begin(std::string_view relative, std::string& out) const;

    /// Of what is not compressed, in bytes; 0: no such file.
    [[nodiscard]] std::size_t size(std::string_view relative) const;

    struct Removed {
        int error = 0;
        bool any = false;
        off_t bytes = 0;
    };
    /// Both forms. Locked by the caller.
    Removed remove(std::string_view relative);

    /// 0, or the errno: ELOOP where a symbolic link is on the way to the file.
    [[nodiscard]] int check_way(std::string_view relative) const;

  private:
    [[nodiscard]] File open(const std::filesystem::path& relative, int flags) const;

    Disk& disk_;
    std::filesystem::path root_;
    Group group_;
    std::array<std::mutex, 32> locks_;
};

}  // namespace ci::store
