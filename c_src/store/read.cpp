#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "store/file.h"
#include "store/path.h"
#include "store/store.h"

namespace ci::store {
namespace {

/// 0, or the errno.
int read_all(const std::filesystem::path& path, std::string& out) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.is_open()) return errno;
    struct stat info {};
    if (::fstat(file.descriptor(), &info) != 0) return errno;
    out.resize(static_cast<std::size_t>(info.st_size));
    std::size_t done = 0;
    while (done < out.size()) {  // what is appended meanwhile belongs to the next question
        const ssize_t n = ::read(file.descriptor(), out.data() + done, out.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) break;  // truncated meanwhile
        done += static_cast<std::size_t>(n);
    }
    out.resize(done);
    return 0;
}

}  // namespace

Store::Store(std::filesystem::path root) : root_(std::move(root)) {}

Dialogue Store::read(std::string_view call_id) const {
    Dialogue dialogue;
    const std::filesystem::path path = root_ / relative_path(call_id);
    std::string text;
    if (const int error = read_all(path, text); error != 0) {
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
