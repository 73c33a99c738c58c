// Whether a file is there, and whether it is still the same one.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <optional>

namespace ci::index {

/// Empty: there is no such file.
[[nodiscard]] inline std::optional<ino_t> inode_of(const std::filesystem::path& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? std::optional(info.st_ino) : std::nullopt;
}

}  // namespace ci::index
