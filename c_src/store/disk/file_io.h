// Writing and reading whole texts; what was begun and does not fit is taken back.
#pragma once

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "store/disk/disk.h"
#include "store/disk/file.h"
#include "store/disk/permissions.h"

namespace ci::store {

/// 0, or the errno; then the file is as long as it was: half a line helps nobody. `file` appends
/// and `size` is its length.
int append_whole(Disk& disk, const File& file, off_t size, std::string_view text);

/// Puts `text` in the place of what is at `path`, at once: 0, or the errno, and the old one stays.
/// Its bytes are on the medium when it returns, else a machine that dies could leave the name with
/// nothing; which of the two has the name then is on the medium after a sync of the directory.
int replace_whole(Disk& disk, const std::filesystem::path& path, std::string_view text,
                  Group group);

/// More of one file is not taken into memory.
inline constexpr std::size_t most_read = std::size_t{1} << 30U;

/// 0, or the errno. What is appended meanwhile belongs to the next question.
int read_whole(const std::filesystem::path& path, std::string& out);

/// What an open file holds, without its holes, which anybody can make as large as he likes; EFBIG
/// if that is more than `most`.
int read_whole(const File& file, std::size_t most, std::string& out);

/// From `offset` on, where there are bytes and no hole; none: there are no more.
struct Extent {
    off_t begin = 0, end = 0;
};
std::optional<Extent> next_extent(const File& file, off_t offset, off_t size) noexcept;

/// What describe() calls no regular file: a pipe, a socket, a device.
inline constexpr int not_regular = EMEDIUMTYPE;

/// 0, or the errno: not_regular, EISDIR.
int check_regular(const File& file, off_t& size) noexcept;

/// `length` bytes from `offset`; fewer if the file ends before. 0, or the errno.
int read_at(const File& file, off_t offset, std::size_t length, std::string& out);

/// "PATH: No space left on device"
std::string describe(const std::filesystem::path& path, int error);

}  // namespace ci::store
