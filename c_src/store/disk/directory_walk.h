// The directories of a store, walked through descriptors, level by level: a link put in the way
// cannot lead out of the root. The root itself may be reached by a link: that is the operator's.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/disk/file.h"

namespace ci::store {

/// Opens "aa/bb/rest" or a part of it below `root`, as open(2) does; ELOOP where a symbolic link is
/// on the way from there.
int open_below(const char* root, const char* relative, int flags, mode_t mode);

/// The root of a store, for open_directory(). Not open: errno says why.
File open_root(const std::filesystem::path& root);

/// Not open: errno says why. Symbolic links are not followed.
File open_directory(const File& parent, const char* name);

/// Names in the directory that belong to us, by this test.
struct Names {
    std::vector<std::string> names;
    int error = 0;  ///< an errno: some may be missing
};
using IsOurs = bool (*)(std::string_view);
Names names_in(const File& directory, IsOurs is_ours);
/// Of a directory that may not be there, and then has none; ELOOP: a symbolic link is.
Names names_in(const std::filesystem::path& directory, IsOurs is_ours);

/// Gives each regular file aa/bb/rest below `root` to `take`, open for reading, until that answers
/// false. What cannot be opened is left out. Empty, or why the root cannot be read.
std::string for_each_file(
    const std::filesystem::path& root,
    const std::function<bool(const std::string& relative, const File& file)>& take);

}  // namespace ci::store
