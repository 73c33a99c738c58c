// Who may read what the store writes: traces hold private data.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "store/disk.h"

namespace ci::store {

inline constexpr mode_t file_mode = 0640;
inline constexpr mode_t directory_mode = 0750;

using Group = std::optional<gid_t>;  ///< of new files and directories; none: the process's own

/// 0, or the errno. Those above `directory` are made as well.
int make_directories(Disk& disk, const std::filesystem::path& directory, Group group);

/// A file that was just made.
void give_to(int descriptor, Group group) noexcept;

}  // namespace ci::store
