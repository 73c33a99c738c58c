#include "store/disk/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "store/disk/path.h"

namespace ci::store {

int append_whole(Disk& disk, const File& file, off_t size, std::string_view text) {
    const std::size_t length = text.size();
    while (!text.empty()) {
        const ssize_t n = disk.write(file.get(), text);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            const int error = n < 0 ? errno : EIO;
            // If this fails, too, readers skip the torn line and the next append ends it.
            if (text.size() < length) (void)disk.truncate(file.get(), size);
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
        const ssize_t n = ::pread(file.get(), out.data() + done, length - done,
                                  offset + static_cast<off_t>(done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) break;  // the file was truncated meanwhile
        done += static_cast<std::size_t>(n);
    }
    out.resize(done);
    return 0;
}

int check_regular(const File& file, off_t& size) noexcept {
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) return errno;
    size = info.st_size;
    if (S_ISREG(info.st_mode)) return 0;
    return S_ISDIR(info.st_mode) ? EISDIR : not_regular;
}

std::optional<Extent> next_extent(const File& file, off_t offset, off_t size) noexcept {
    if (offset >= size) return std::nullopt;
    const off_t begin = ::lseek(file.get(), offset, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) return std::nullopt;
    if (begin < 0) return Extent{offset, size};  // the file system does not report holes
    const off_t end = ::lseek(file.get(), begin, SEEK_HOLE);
    return begin < size ? std::optional(Extent{begin, end < 0 ? size : std::min(end, size)})
                        : std::nullopt;
}

int read_whole(const File& file, std::size_t most, std::string& out) {
    constexpr off_t piece_size = 16 << 20;
    out.clear();
    off_t size = 0;
    if (const int error = check_regular(file, size); error != 0) return error;
    if (size <= piece_size) {
        const auto length = static_cast<std::size_t>(size);
        return length > most ? EFBIG : read_at(file, 0, length, out);
    }
    std::string piece;
    for (off_t at = 0; const auto extent = next_extent(file, at, size);) {
        const auto length = std::min(piece_size, extent->end - extent->begin);
        if (out.size() + static_cast<std::size_t>(length) > most) return EFBIG;
        const int error = read_at(file, extent->begin, static_cast<std::size_t>(length), piece);
        if (error != 0) return error;
        if (piece.empty()) break;  // the file was truncated meanwhile
        out += piece;
        at = extent->begin + static_cast<off_t>(piece.size());
    }
    return 0;
}

Error read_whole(const std::filesystem::path& path, std::string& out) {
    out.clear();
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return {file.is_open() ? read_whole(file, max_read, out) : errno, path};
}

Error replace_whole(Disk& disk, const std::filesystem::path& path, std::string_view text,
                    Group group) {
    const auto temporary = std::filesystem::path(path) += temporary_suffix;
    int error = 0;
    {
        constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
        File file(disk.open(temporary.c_str(), flags, file_mode));
        if (!file.is_open() && errno == EEXIST) {
            // Left by a crash, or a hard link to a file that is not the store's.
            (void)disk.unlink(temporary.c_str());
            file = File(disk.open(temporary.c_str(), flags, file_mode));
        }
        if (!file.is_open()) return {errno, path};
        give_to(file.get(), group);
        error = append_whole(disk, file, 0, text);
        if (error == 0 && disk.sync(file.get()) != 0) error = errno;
    }
    if (error == 0 && disk.rename(temporary.c_str(), path.c_str()) != 0) error = errno;
    if (error != 0) (void)disk.unlink(temporary.c_str());
    return {error, path};
}

}  // namespace ci::store
