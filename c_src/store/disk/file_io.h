// Writes and reads whole texts. A write that fails half-way is undone.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "store/disk/disk.h"
#include "store/disk/error.h"
#include "store/disk/file.h"
#include "store/disk/permissions.h"

namespace ci::store {

/// Appends `text` to `file`, which is open with O_APPEND and has length `size`. Returns 0, or the
/// errno; then the file is cut to its old length, because half a line is useless.
int append_whole(Disk& disk, const File& file, off_t size, std::string_view text);

/// Replaces the content of `path` by `text` in one step; after an error the old content stays. The
/// new bytes are on the medium on return: otherwise a machine's crash could leave the name with an
/// empty file. The directory is not synced: until it is, a crash may bring the old content back.
Error replace_whole(Disk& disk, const std::filesystem::path& path, std::string_view text,
                    Group group);

/// A file's content beyond this many bytes is not read into memory.
inline constexpr std::size_t max_read = std::size_t{1} << 30U;

/// Bytes that are appended during the read are not included.
Error read_whole(const std::filesystem::path& path, std::string& out);

/// Reads an open file. Returns 0, or the errno. The holes of a file of more than 16 MiB are
/// skipped, because any user can make them as large as they like. EFBIG if more than `most` bytes
/// remain.
int read_whole(const File& file, std::size_t most, std::string& out);

/// The next range from `offset` on that has bytes and is no hole; empty if there is none.
struct Extent {
    off_t begin = 0, end = 0;
};
std::optional<Extent> next_extent(const File& file, off_t offset, off_t size) noexcept;

/// 0, or the errno: not_regular, EISDIR.
int check_regular(const File& file, off_t& size) noexcept;

/// Reads `length` bytes from `offset`, or fewer if the file ends earlier. Returns 0, or the errno.
int read_at(const File& file, off_t offset, std::size_t length, std::string& out);

}  // namespace ci::store
