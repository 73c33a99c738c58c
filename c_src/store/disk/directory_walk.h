// Walks the directories of a store through descriptors, level by level, so that a symbolic link put
// among them cannot lead out of the root. The root itself may be reached through a link, which the
// operator set.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/disk/error.h"
#include "store/disk/file.h"

namespace ci::store {

/// Opens "aa/bb/rest" or a part of it below `root`, as open(2) does. Fails with ELOOP if a symbolic
/// link is part of that path.
int open_below(const char* root, const char* relative, int flags, mode_t mode);

/// Opens the root of a store, for open_directory(). If the result is not open, errno says why.
File open_root(const std::filesystem::path& root);

/// Does not follow symbolic links. If the result is not open, errno says why.
File open_directory(const File& parent, const char* name);

/// The names in a directory that pass the test `is_ours`.
struct Names {
    std::vector<std::string> names;
    Error error;  ///< then some may be missing
};
using IsOurs = bool (*)(std::string_view);
/// `path` is the directory's, for the error.
Names names_in(const File& directory, const std::filesystem::path& path, IsOurs is_ours);
/// A missing directory has no names. The error is ELOOP if the directory is a symbolic link.
Names names_in(const std::filesystem::path& directory, IsOurs is_ours);

/// Gives each regular file aa/bb/rest below `root`, open for reading, to `visit` until `visit`
/// returns false. Files that cannot be opened are left out; it is an error if the root cannot be.
Error for_each_file(
    const std::filesystem::path& root,
    const std::function<bool(const std::string& relative, const File& file)>& visit);

}  // namespace ci::store
