// Calls' files that nobody writes to any more, compressed (zstd, RFC 8878): REST becomes REST.zst
// in its place. When the call goes on, REST begins anew, and later joins REST.zst as a further
// frame.
#pragma once

#include <filesystem>
#include <string>

#include "store/disk/file.h"
#include "store/disk/permissions.h"

namespace ci::store {

std::filesystem::path compressed_path(const std::filesystem::path& path);

/// All lines in it. 0, or an errno; EBADMSG: broken, EFBIG: much more than a call's lines; `out`
/// has what comes before.
int read_compressed(const File& file, std::string& out);

/// What `path` holds moves to the end of its compressed form. 0, or an errno; then nothing changed.
/// A crash leaves both, and some lines twice, but none torn. The caller holds the file's lock.
int compress(Disk& disk, const std::filesystem::path& path, Group group);

}  // namespace ci::store
