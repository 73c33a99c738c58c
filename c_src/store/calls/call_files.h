// The calls' files: one of JSON lines per Call-ID, ROOT/aa/bb/rest (path.h). Beside it may lie the
// same with ".zst": its older lines, compressed.
//
// Each batch opens its files and closes them again, so a file that others move or delete needs no
// notice to this process. All functions may be called from any thread.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "store/disk/error.h"
#include "store/disk/file.h"
#include "store/disk/line_format.h"
#include "store/disk/permissions.h"
#include "wire/result.h"

namespace ci::store {

/// True if the error stops writing to every file, not just to one: a full disk, no descriptors
/// left.
bool concerns_all(const Error& error) noexcept;

class CallFiles {
  public:
    CallFiles(Disk& disk, std::filesystem::path root, Group group)
        : disk_(disk), root_(std::move(root)), group_(group) {}

    /// Called with "aa/bb/rest", and with the file's lock held, after the file was removed or its
    /// content replaced. It must not wait. Set it before other threads use this object.
    using Changed = std::function<void(std::string_view relative)>;
    void tell(Changed changed) { changed_ = std::move(changed); }
    /// For those who remove or replace a file themselves.
    void note_change(std::string_view relative) const { changed_(relative); }

    [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
    [[nodiscard]] Group group() const noexcept { return group_; }

    /// The lock of one file, held by a writer: two writers at once would take each other's
    /// half-written last line for a torn one. It guards files, and is one of several by the name's
    /// hash: neither is known to the compiler, which therefore cannot check it (os/mutex.h).
    [[nodiscard]] std::unique_lock<std::mutex> lock(std::string_view relative);

    /// The locks of all files. Hold them for a moment only.
    [[nodiscard]] std::vector<std::unique_lock<std::mutex>> lock_all();

    struct Appended {
        bool created = false;   ///< the file did not exist, or was empty
        bool goes_on = false;   ///< then: the call's older lines are compressed
        bool repaired = false;  ///< the file ended in a torn line
        off_t size = 0;         ///< of the file now
    };
    /// Appends whole lines with one write, or nothing. The caller holds the file's lock.
    wire::expected<Appended, Error> append(std::string_view relative, std::string_view text);

    /// Collects the numbers from `first` on of the lines at the file's end. A missing file has
    /// none.
    Error numbers_from(std::string_view relative, Seq first, std::unordered_set<Seq>& out) const;

    /// Reads all lines, the compressed ones first. On an error `out` has what could be read. A
    /// missing file is an empty text and no error.
    Error read(std::string_view relative, std::string& out) const;

    /// Reads the first line, or enough of it to tell the Call-ID. Errors as for read().
    Error read_begin(std::string_view relative, std::string& out) const;

    /// Bytes of the uncompressed file; 0 if there is none.
    [[nodiscard]] std::size_t size(std::string_view relative) const;

    struct Removed {
        Error error;
        bool any = false;
        off_t bytes = 0;
    };
    /// Removes the plain and the compressed file. The caller holds the file's lock.
    Removed remove(std::string_view relative);

    /// ELOOP if one of the file's directories below the root is a symbolic link.
    [[nodiscard]] Error check_way(std::string_view relative) const;

  private:
    [[nodiscard]] File open(const std::filesystem::path& relative, int flags) const;

    Disk& disk_;
    std::filesystem::path root_;
    Group group_;
    std::array<std::mutex, 32> locks_;
    Changed changed_ = [](std::string_view /*relative*/) {};
};

}  // namespace ci::store
