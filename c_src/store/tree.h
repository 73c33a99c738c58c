// The directories of a store, walked through descriptors, level by level: a link put in the way
// cannot lead out of the root.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "store/file.h"

namespace ci::store {

/// `parent` may be AT_FDCWD. Not open: errno says why. Symbolic links are not followed.
File open_directory(int parent, const char* name);

/// Names in the directory that have this many hex digits.
std::vector<std::string> hex_names(const File& directory, std::size_t digits);

/// Gives each regular file aa/bb/rest below `root` to `take`, open for reading, until that answers
/// false. What cannot be opened is left out. Empty, or why the root cannot be read.
std::string for_each_file(
    const std::filesystem::path& root,
    const std::function<bool(const std::string& relative, const File& file)>& take);

}  // namespace ci::store
