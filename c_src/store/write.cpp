#include "store/write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace ci::store {

int append_whole(Disk& disk, const File& file, off_t size, std::string_view text) {
    const std::size_t length = text.size();
    while (!text.empty()) {
        const ssize_t n = disk.write(file.descriptor(), text);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            const int error = n < 0 ? errno : EIO;
            // If this fails too, the torn line is skipped by readers and ended by the next append.
            if (text.size() < length) (void)disk.truncate(file.descriptor(), size);
            return error;
        }
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return 0;
}

int read_at(const File& file, off_t offset, std::size_t length, std::string& out) {
    out.resize(length);
    std::size_t done = 0;
    while (done < length) {
        const ssize_t n = ::pread(file.descriptor(), out.data() + done, length - done,
                                  offset + static_cast<off_t>(done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) break;  // truncated meanwhile
        done += static_cast<std::size_t>(n);
    }
    out.resize(done);
    return 0;
}

int read_whole(const std::filesystem::path& path, std::string& out) {
    out.clear();
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.is_open()) return errno;
    struct stat info {};
    if (::fstat(file.descriptor(), &info) != 0) return errno;
    if (!S_ISREG(info.st_mode)) return S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    return read_at(file, 0, static_cast<std::size_t>(info.st_size), out);
}

std::string describe(const std::filesystem::path& path, int error) {
    return path.string() + ": " + std::system_category().message(error);
}

}  // namespace ci::store
