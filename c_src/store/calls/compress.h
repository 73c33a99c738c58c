// Compresses calls' files that are no longer written to (zstd, RFC 8878): REST becomes REST.zst in
// the same directory. When the call goes on, a new REST begins, and later joins REST.zst as a
// further frame.
#pragma once

#include <filesystem>
#include <string>

#include "store/disk/error.h"
#include "store/disk/file.h"
#include "store/disk/permissions.h"

namespace ci::store {

std::filesystem::path compressed_path(const std::filesystem::path& path);

/// Reads all lines. Returns 0, or the errno: EBADMSG if the file is broken, EFBIG if it holds more
/// than `max_read` bytes. `out` then has what precedes the error.
int read_compressed(const File& file, std::string& out);

/// Moves the content of `path` to the end of its compressed form. After an error the plain file
/// stays. After a crash both may exist, with some lines twice but none torn. The caller
/// holds the file's lock.
Error compress(Disk& disk, const std::filesystem::path& path, Group group);

}  // namespace ci::store
