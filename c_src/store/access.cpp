#include "store/access.h"

#include <unistd.h>

#include <cerrno>

namespace ci::store {
namespace {

constexpr auto same_user = static_cast<uid_t>(-1);

int make_directory(Disk& disk, const std::filesystem::path& directory, Group group) {
    if (disk.mkdir(directory.c_str(), directory_mode) != 0) return errno == EEXIST ? 0 : errno;
    // Not being a member of the group leaves the directory as private as it was.
    if (group) (void)!::chown(directory.c_str(), same_user, *group);
    return 0;
}

}  // namespace

int make_directories(Disk& disk, const std::filesystem::path& directory, Group group) {
    const int error = make_directory(disk, directory, group);
    const auto parent = directory.parent_path();
    if (error != ENOENT || parent.empty() || parent == directory) return error;
    if (const int failed = make_directories(disk, parent, group); failed != 0) return failed;
    return make_directory(disk, directory, group);
}

void give_to(int descriptor, Group group) noexcept {
    if (group) (void)!::fchown(descriptor, same_user, *group);
}

}  // namespace ci::store
