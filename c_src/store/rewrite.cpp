#include <cerrno>

#include "store/disk/file_io.h"
#include "store/store.h"

namespace ci::store {

std::string Store::rewrite(const std::string& relative, const Change& change) {
    const auto path = root() / relative;
    const auto lock = files_.lock(relative);
    std::string content;
    if (const int error = read_whole(path, content); error != 0) {
        return error == ENOENT || error == ENOTDIR ? "" : describe(path, error);
    }
    const auto changed = change(content);
    if (!changed) return {};
    int error = 0;
    if (!changed->empty()) {
        error = replace_whole(disk_, path, *changed, group_);
    } else if (disk_.unlink(path.c_str()) != 0) {
        error = errno;
    }
    return error == 0 ? "" : describe(path, error);
}

}  // namespace ci::store
