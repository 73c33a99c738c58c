#include <cerrno>

#include "store/disk/file_io.h"
#include "store/store.h"

namespace ci::store {

Error Store::rewrite(const std::string& relative, const Change& change) {
    const auto path = root() / relative;
    const auto lock = files_.lock(relative);
    std::string content;
    if (Error error = read_whole(path, content)) {
        return error.code == ENOENT || error.code == ENOTDIR ? Error() : error;
    }
    const auto changed = change(content);
    if (!changed) return {};
    Error error;
    if (!changed->empty()) {
        error = replace_whole(disk_, path, *changed, group_);
    } else if (disk_.unlink(path.c_str()) != 0) {
        error = {errno, path};
    }
    files_.note_change(relative);
    return error;
}

}  // namespace ci::store
