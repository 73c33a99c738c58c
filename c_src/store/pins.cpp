#include "store/pins.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "chunk/chunk.h"
#include "store/path.h"
#include "store/write.h"

namespace ci::store {
namespace {

std::string name_of(std::string relative) {
    std::erase(relative, '/');
    return relative;
}

}  // namespace

Pins::Pins(Disk& disk, const std::filesystem::path& root, Group group)
    : disk_(disk), directory_(root / pins_name), group_(group) {
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(directory_, failed)) {
        std::string relative = entry.path().filename();
        if (relative.size() < 4) continue;
        relative.insert(4, "/").insert(2, "/");
        if (is_relative_path(relative)) files_.insert(std::move(relative));
    }
}

std::string Pins::pin(std::string_view call_id) {
    const std::scoped_lock lock(mutex_);
    const std::string relative = relative_path(call_id);
    if (const int error = make_directories(disk_, directory_, group_); error != 0) {
        return describe(directory_, error);
    }
    const auto path = directory_ / name_of(relative);
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    const File file(disk_.open(path.c_str(), flags, file_mode));
    if (!file.is_open()) return describe(path, errno);
    give_to(file.descriptor(), group_);
    const int error = append_whole(disk_, file, 0, chunk::to_utf8(call_id) + "\n");
    if (error != 0) return describe(path, error);
    files_.insert(relative);
    return {};
}

std::string Pins::unpin(std::string_view call_id) {
    const std::scoped_lock lock(mutex_);
    const std::string relative = relative_path(call_id);
    const auto path = directory_ / name_of(relative);
    if (disk_.unlink(path.c_str()) != 0 && errno != ENOENT) return describe(path, errno);
    files_.erase(relative);
    return {};
}

bool Pins::has(const std::string& relative) const {
    const std::scoped_lock lock(mutex_);
    return !files_.empty() && files_.count(relative) != 0;
}

bool Pins::empty() const {
    const std::scoped_lock lock(mutex_);
    return files_.empty();
}

}  // namespace ci::store
