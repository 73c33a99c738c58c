// The directories of a store, walked through descriptors, level by level: a link put in the way
// cannot lead out of the root.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/file.h"

namespace ci::store {

/// `parent` may be AT_FDCWD. Not open: errno says why. Symbolic links are not followed.
File open_directory(int parent, const char* name);

/// Names in the directory that belong to us, by this test.
std::vector<std::string> names_in(const File& directory, bool (*is_ours)(std::string_view));

/// Gives each regular file aa/bb/rest below `root` to `take`, open for reading, until that answers
/// false. What cannot be opened is left out. Empty, or why the root cannot be read.
std::string for_each_file(
    const std::filesystem::path& root,
    const std::function<bool(const std::string& relative, const File& file)>& take);

}  // namespace ci::store
