#include "store/write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "store/path.h"

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

int read_whole(const File& file, std::size_t most, std::string& out) {
    struct stat info {};
    if (::fstat(file.descriptor(), &info) != 0) return errno;
    if (!S_ISREG(info.st_mode)) return S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    const auto size = static_cast<std::size_t>(info.st_size);
    return size > most ? EFBIG : read_at(file, 0, size, out);
}

int read_whole(const std::filesystem::path& path, std::string& out) {
    out.clear();
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return file.is_open() ? read_whole(file, static_cast<std::size_t>(-1), out) : errno;
}

int replace_whole(Disk& disk, const std::filesystem::path& path, std::string_view text,
                  Group group) {
    const auto temporary = std::filesystem::path(path) += temporary_suffix;
    int error = 0;
    {
        constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
        const File file(disk.open(temporary.c_str(), flags, file_mode));
        if (!file.is_open()) return errno;
        give_to(file.descriptor(), group);
        error = append_whole(disk, file, 0, text);
        if (error == 0 && disk.sync(file.descriptor()) != 0) error = errno;
    }
    if (error == 0 && disk.rename(temporary.c_str(), path.c_str()) != 0) error = errno;
    if (error != 0) (void)disk.unlink(temporary.c_str());
    return error;
}

std::string describe(const std::filesystem::path& path, int error) {
    return path.string() + ": " + std::system_category().message(error);
}

}  // namespace ci::store
