#include "store/calls/pins.h"

#include <cerrno>

#include "chunk/chunk.h"
#include "store/disk/directory_walk.h"
#include "store/disk/file_io.h"
#include "store/disk/path.h"

namespace ci::store {
namespace {

std::string name_of(std::string relative) {
    std::erase(relative, '/');
    return relative;
}

std::string relative_of(std::string_view name) {
    if (name.size() < 4) return {};
    std::string relative(name);
    relative.insert(4, "/").insert(2, "/");
    return relative;
}

bool is_pin(std::string_view name) {
    return is_relative_path(relative_of(name));
}

}  // namespace

Pins::Pins(Disk& disk, const std::filesystem::path& root, Group group)
    : disk_(disk), directory_(root / pins_name), group_(group) {
    read();
}

void Pins::read() {
    Names names = names_in(directory_, is_pin);
    const os::MutexLock lock(mutex_);
    for (const std::string& name : names.names) files_.insert(relative_of(name));
    error_ = std::move(names.error);
}

void Pins::reread() {
    const os::MutexLock one_by_one(changing_);
    if (problem()) read();
}

Error Pins::problem() const {
    const os::MutexLock lock(mutex_);
    return {error_.code, "cannot read which calls are pinned: " + error_.what};
}

Error Pins::pin(std::string_view call_id) {
    const os::MutexLock one_by_one(changing_);
    const std::string relative = relative_path(call_id);
    Directories made;
    if (Error error = make_directories(disk_, directory_, group_, &made)) return error;
    if (Error error = check_directory(directory_)) return error;
    const auto path = directory_ / name_of(relative);
    Error error = replace_whole(disk_, path, chunk::to_utf8(call_id) + "\n", group_);
    if (!error) error = sync_directories(disk_, directory_, made);
    if (error) return {error.code, path};
    const os::MutexLock lock(mutex_);
    files_.insert(relative);
    return {};
}

Error Pins::unpin(std::string_view call_id) {
    const os::MutexLock one_by_one(changing_);
    const std::string relative = relative_path(call_id);
    const auto path = directory_ / name_of(relative);
    if (Error error = check_directory(directory_)) {
        if (error.code != ENOENT) return error;
    }
    if (disk_.unlink(path.c_str()) == 0) {
        if (disk_.sync_directory(directory_.c_str()) != 0) return {errno, directory_};
    } else if (errno != ENOENT) {
        return {errno, path};
    }
    const os::MutexLock lock(mutex_);
    files_.erase(relative);
    return {};
}

bool Pins::has(const std::string& relative) const {
    const os::MutexLock lock(mutex_);
    return error_ || files_.count(relative) != 0;
}

std::vector<std::string> Pins::all() const {
    const os::MutexLock lock(mutex_);
    return {files_.begin(), files_.end()};
}

}  // namespace ci::store
