#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "store/file.h"
#include "store/path.h"
#include "store/store.h"
#include "store/tree.h"

namespace ci::store {
namespace {

void note(Flushed& result, const std::string& what, int error) {
    if (error == ENOENT) return;  // somebody else was faster, and that is what was wanted
    result.error = what + ": " + std::system_category().message(error);
}

}  // namespace

Flushed Store::flush(std::string_view call_id) {
    Flushed result;
    const std::string relative = relative_path(call_id);
    const auto path = root_ / relative;
    const std::scoped_lock lock(writer_of(relative));
    if (::unlink(path.c_str()) == 0) {
        result.files = 1;
    } else {
        note(result, path.string(), errno);
    }
    return result;
}

Flushed Store::flush() {
    Flushed result;
    // Through descriptors, level by level: a link put in the way cannot lead out of the root.
    const File root = open_directory(AT_FDCWD, root_.c_str());
    if (!root.is_open()) {
        note(result, root_.string(), errno);
        return result;
    }
    for (const std::string& first : hex_names(root, 2)) {
        const File outer = open_directory(root.descriptor(), first.c_str());
        if (!outer.is_open()) continue;
        for (const std::string& second : hex_names(outer, 2)) {
            const std::scoped_lock lock(directories_);
            const File inner = open_directory(outer.descriptor(), second.c_str());
            if (!inner.is_open()) continue;
            for (const std::string& name : hex_names(inner, 28)) {
                if (::unlinkat(inner.descriptor(), name.c_str(), 0) == 0) {
                    ++result.files;
                } else {
                    note(result, (root_ / first / second / name).string(), errno);
                }
            }
            // Left as it is where files are that are not ours.
            (void)::unlinkat(outer.descriptor(), second.c_str(), AT_REMOVEDIR);
        }
        const std::scoped_lock lock(directories_);
        (void)::unlinkat(root.descriptor(), first.c_str(), AT_REMOVEDIR);
    }
    return result;
}

}  // namespace ci::store
