// Who may read what the store writes: traces hold private data.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "store/disk/disk.h"

namespace ci::store {

inline constexpr mode_t file_mode = 0640;
inline constexpr mode_t directory_mode = 0750;

using Group = std::optional<gid_t>;  ///< of new files and directories; none: the process's own

/// 0, or the errno. Those above `directory` are made as well; `made` is told of each.
using Directories = std::vector<std::filesystem::path>;
int make_directories(Disk& disk, const std::filesystem::path& directory, Group group,
                     Directories* made = nullptr);

/// Brings `directory`'s entries to the medium, and those of all above it that were made lately.
int sync_directories(Disk& disk, const std::filesystem::path& directory, const Directories& made);

/// 0, or the errno: ELOOP where a symbolic link is in the place of one of our directories.
int check_directory(const std::filesystem::path& directory) noexcept;

/// A file that was just made.
void give_to(int descriptor, Group group) noexcept;

}  // namespace ci::store
