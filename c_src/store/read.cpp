#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include "store/file.h"
#include "store/path.h"
#include "store/store.h"

namespace ci::store {

Store::Store(std::filesystem::path root) : root_(std::move(root)) {}

Dialogue Store::read(std::string_view call_id) const {
    Dialogue dialogue;
    const std::filesystem::path path = root_ / relative_path(call_id);
    std::string text;
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (const int error = file.is_open() ? read_all(file, text) : errno; error != 0) {
        if (error != ENOENT && error != ENOTDIR) {
            dialogue.error = path.string() + ": " + std::system_category().message(error);
        }
        return dialogue;
    }
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const bool being_written = end == std::string_view::npos;
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(being_written ? rest.size() : end + 1);
        if (line.empty()) continue;
        if (auto chunk = chunk::read_line(line)) {
            dialogue.chunks.push_back(*std::move(chunk));
        } else if (!being_written) {
            ++dialogue.skipped;
        }
    }
    return dialogue;
}

}  // namespace ci::store
