// Writing and reading whole texts; what was begun and does not fit is taken back.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "store/access.h"
#include "store/disk.h"
#include "store/file.h"

namespace ci::store {

/// 0, or the errno; then the file is as long as it was: half a line helps nobody. `file` appends
/// and `size` is its length.
int append_whole(Disk& disk, const File& file, off_t size, std::string_view text);

/// Puts `text` in the place of what is at `path`, at once: 0, or the errno, and the old one stays.
/// On the medium when it returns, else a machine that dies could leave the name with nothing.
int replace_whole(Disk& disk, const std::filesystem::path& path, std::string_view text,
                  Group group);

/// 0, or the errno. What is appended meanwhile belongs to the next question.
int read_whole(const std::filesystem::path& path, std::string& out);

/// What an open file holds; EFBIG if that is more than `most`.
int read_whole(const File& file, std::size_t most, std::string& out);

/// `length` bytes from `offset`; fewer if the file ends before. 0, or the errno.
int read_at(const File& file, off_t offset, std::size_t length, std::string& out);

/// "PATH: No space left on device"
std::string describe(const std::filesystem::path& path, int error);

}  // namespace ci::store
