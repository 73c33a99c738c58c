#include "store/disk/permissions.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

namespace ci::store {
namespace {

constexpr auto same_user = static_cast<uid_t>(-1);

/// 0, or the errno.
int make_directory(Disk& disk, const std::filesystem::path& directory, Group group,
                   Directories* made) {
    if (disk.mkdir(directory.c_str(), directory_mode) != 0) return errno == EEXIST ? 0 : errno;
    // If chown fails (the process is not in the group), the directory stays as private as it was.
    if (group) (void)!::chown(directory.c_str(), same_user, *group);
    if (made != nullptr) made->push_back(directory);
    return 0;
}

}  // namespace

Error make_directories(Disk& disk, const std::filesystem::path& directory, Group group,
                       Directories* made) {
    const int error = make_directory(disk, directory, group, made);
    const auto parent = directory.parent_path();
    if (error != ENOENT || parent.empty() || parent == directory) {
        return {error, directory};
    }
    if (const Error failed = make_directories(disk, parent, group, made)) {
        return {failed.code, directory};
    }
    return {make_directory(disk, directory, group, made), directory};
}

Error sync_directories(Disk& disk, const std::filesystem::path& directory,
                       const Directories& made) {
    std::set<std::filesystem::path> changed{directory, directory.parent_path()};
    for (const auto& one : made) changed.insert(one.parent_path());
    for (const auto& one : changed) {
        if (disk.sync_directory(one.empty() ? "." : one.c_str()) != 0) {
            return {errno, directory};
        }
    }
    return {};
}

Error check_directory(const std::filesystem::path& directory) {
    struct stat info {};
    if (::lstat(directory.c_str(), &info) != 0) return {errno, directory};
    if (S_ISLNK(info.st_mode)) return {ELOOP, directory};
    return {S_ISDIR(info.st_mode) ? 0 : ENOTDIR, directory};
}

void give_to(int descriptor, Group group) noexcept {
    if (group) (void)!::fchown(descriptor, same_user, *group);
}

}  // namespace ci::store
