// Owners and modes of what the store writes. The files hold private data.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "store/disk/disk.h"
#include "store/disk/error.h"

namespace ci::store {

inline constexpr mode_t file_mode = 0640;
inline constexpr mode_t directory_mode = 0750;

using Group = std::optional<gid_t>;  ///< of new files and directories; empty: the process's own

/// Makes `directory` and missing directories above it. Each new directory is added to `made`.
using Directories = std::vector<std::filesystem::path>;
Error make_directories(Disk& disk, const std::filesystem::path& directory, Group group,
                       Directories* made = nullptr);

/// Syncs `directory`, its parent, and the parents of the directories in `made`.
Error sync_directories(Disk& disk, const std::filesystem::path& directory, const Directories& made);

/// ELOOP if a symbolic link stands where the store's directory should be.
Error check_directory(const std::filesystem::path& directory);

/// Sets the group of a new file.
void give_to(int descriptor, Group group) noexcept;

}  // namespace ci::store
