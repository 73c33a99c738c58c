#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "store/file.h"
#include "store/store.h"

namespace ci::store {
namespace {

/// 0, or the errno. On the disk when it returns: else a machine that loses its power could be left
/// with the new name and nothing in it.
int write_new(const std::string& path, std::string_view text, mode_t mode) {
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    const File file(::open(path.c_str(), flags, mode));
    if (!file.is_open()) return errno;
    while (!text.empty()) {
        const ssize_t n = ::write(file.descriptor(), text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 ? errno : EIO;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return ::fsync(file.descriptor()) == 0 ? 0 : errno;
}

int replace(const std::string& path, std::string_view text, mode_t mode) {
    if (text.empty()) return ::unlink(path.c_str()) == 0 ? 0 : errno;
    const std::string fresh = path + ".new";  // no name of a call: nobody reads or flushes it
    int error = write_new(fresh, text, mode);
    if (error == 0 && std::rename(fresh.c_str(), path.c_str()) != 0) error = errno;
    if (error != 0) (void)::unlink(fresh.c_str());
    return error;
}

}  // namespace

std::string Store::rewrite(const std::string& relative, const Change& change) {
    const std::string path = (root_ / relative).string();
    const auto failed = [&](int error) {
        return path + ": " + std::system_category().message(error);
    };
    const std::shared_lock directories(directories_);
    const std::scoped_lock lock(writer_of(relative));
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.is_open()) return errno == ENOENT || errno == ENOTDIR ? "" : failed(errno);
    struct stat info {};
    if (::fstat(file.descriptor(), &info) != 0) return failed(errno);
    std::string content;
    if (const int error = read_all(file, content); error != 0) return failed(error);
    const auto changed = change(content);
    if (!changed) return {};
    const int error = replace(path, *changed, info.st_mode & 0777U);
    return error == 0 ? "" : failed(error);
}

}  // namespace ci::store
