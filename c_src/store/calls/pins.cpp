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
    const Names names = names_in(directory_, is_pin);
    const std::scoped_lock lock(mutex_);
    for (const std::string& name : names.names) files_.insert(relative_of(name));
    error_ = names.error;
}

void Pins::reread() {
    const std::scoped_lock one_by_one(changing_);
    if (!problem().empty()) read();
}

std::string Pins::problem() const {
    const std::scoped_lock lock(mutex_);
    return error_ == 0 ? "" : "cannot tell what is pinned: " + describe(directory_, error_);
}

std::string Pins::pin(std::string_view call_id) {
    const std::scoped_lock one_by_one(changing_);
    const std::string relative = relative_path(call_id);
    Directories made;
    int error = make_directories(disk_, directory_, group_, &made);
    if (error == 0) error = check_directory(directory_);
    if (error != 0) return describe(directory_, error);
    const auto path = directory_ / name_of(relative);
    error = replace_whole(disk_, path, chunk::to_utf8(call_id) + "\n", group_);
    if (error == 0) error = sync_directories(disk_, directory_, made);
    if (error != 0) return describe(path, error);
    const std::scoped_lock lock(mutex_);
    files_.insert(relative);
    return {};
}

std::string Pins::unpin(std::string_view call_id) {
    const std::scoped_lock one_by_one(changing_);
    const std::string relative = relative_path(call_id);
    const auto path = directory_ / name_of(relative);
    const int error = check_directory(directory_);
    if (error != 0 && error != ENOENT) return describe(directory_, error);
    if (disk_.unlink(path.c_str()) == 0) {
        if (disk_.sync_directory(directory_.c_str()) != 0) return describe(directory_, errno);
    } else if (errno != ENOENT) {
        return describe(path, errno);
    }
    const std::scoped_lock lock(mutex_);
    files_.erase(relative);
    return {};
}

bool Pins::has(const std::string& relative) const {
    const std::scoped_lock lock(mutex_);
    return error_ != 0 || files_.count(relative) != 0;
}

std::vector<std::string> Pins::all() const {
    const std::scoped_lock lock(mutex_);
    return {files_.begin(), files_.end()};
}

}  // namespace ci::store
