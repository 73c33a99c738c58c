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
    if (!changed->empty()) return replace_whole(disk_, path, *changed, group_);
    return {disk_.unlink(path.c_str()) == 0 ? 0 : errno, path};
}

}  // namespace ci::store
