#include "store/disk/directory_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <utility>

#include "store/disk/path.h"
#include "store/disk/permissions.h"

namespace ci::store {
namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

/// The result is a regular file, or not open.
File open_file(const File& directory, const std::string& name) {
    // O_NONBLOCK, so that a FIFO of this name does not block the open.
    constexpr int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    File file(::openat(directory.get(), name.c_str(), flags));
    struct stat info {};
    if (!file.is_open() || ::fstat(file.get(), &info) != 0) return {};
    return S_ISREG(info.st_mode) ? std::move(file) : File();
}

// openat2(2) exists since Linux 5.6; older systems' headers lack its number.
constexpr long openat2_call = 437;
constexpr std::uint64_t no_symlinks = 0x04;
struct OpenHow {
    std::uint64_t flags, mode, resolve;
};

int open_at_once(const File& root, const char* relative, int flags, mode_t mode) {
    const OpenHow how{static_cast<std::uint64_t>(flags), (flags & O_CREAT) != 0 ? mode : 0U,
                      no_symlinks};
    return static_cast<int>(::syscall(openat2_call, root.get(), relative, &how, sizeof how));
}

int open_in_steps(File directory, std::string_view relative, int flags, mode_t mode) {
    while (true) {
        const auto slash = relative.find('/');
        const std::string name(relative.substr(0, slash));
        if (slash == std::string_view::npos) {
            return ::openat(directory.get(), name.c_str(), flags | O_NOFOLLOW, mode);
        }
        constexpr int step = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        File next(::openat(directory.get(), name.c_str(), step));
        if (!next.is_open()) {
            struct stat info {};
            const int error = errno;
            const bool is_link =
                error == ENOTDIR &&
                ::fstatat(directory.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISLNK(info.st_mode);
            errno = is_link ? ELOOP : error;
            return -1;
        }
        directory = std::move(next);
        relative.remove_prefix(slash + 1);
    }
}

}  // namespace

int open_below(const char* root, const char* relative, int flags, mode_t mode) {
    static std::atomic<bool> is_old_kernel{false};
    File directory(::open(root, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory.is_open()) return -1;
    if (!is_old_kernel) {
        const int file = open_at_once(directory, relative, flags, mode);
        // Older container runtimes answer EPERM to unknown system calls.
        if (file >= 0 || (errno != ENOSYS && errno != EPERM)) return file;
        is_old_kernel = errno == ENOSYS;
    }
    return open_in_steps(std::move(directory), relative, flags, mode);
}

File open_root(const std::filesystem::path& root) {
    return File(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

File open_directory(const File& parent, const char* name) {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
    return File(::openat(parent.get(), name, flags));
}

Names names_in(const std::filesystem::path& directory, IsOurs is_ours) {
    const auto unless_missing = [](Error error) {
        return Names{{}, error.code == ENOENT ? Error() : std::move(error)};
    };
    if (Error error = check_directory(directory)) return unless_missing(std::move(error));
    const File open(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (open.is_open()) return names_in(open, directory, is_ours);
    return unless_missing({errno, directory});
}

Names names_in(const File& directory, const std::filesystem::path& path, IsOurs is_ours) {
    Names result;
    const int copy = ::fcntl(directory.get(), F_DUPFD_CLOEXEC, 0);
    const Directory entries(copy < 0 ? nullptr : ::fdopendir(copy), &::closedir);
    if (!entries) {
        result.error = {errno, path};
        if (copy >= 0) ::close(copy);
        return result;
    }
    errno = 0;
    while (const dirent* entry = ::readdir(entries.get())) {
        if (is_ours(entry->d_name)) result.names.emplace_back(entry->d_name);
        errno = 0;
    }
    if (errno != 0) result.error = {errno, path};
    return result;
}

Error for_each_file(
    const std::filesystem::path& root,
    const std::function<bool(const std::string& relative, const File& file)>& visit) {
    const File top = open_root(root);
    if (!top.is_open()) return {errno, root};
    for (const std::string& first : names_in(top, root, is_directory_name).names) {
        const File outer = open_directory(top, first.c_str());
        if (!outer.is_open()) continue;
        for (const std::string& second : names_in(outer, root / first, is_directory_name).names) {
            const File inner = open_directory(outer, second.c_str());
            if (!inner.is_open()) continue;
            for (const std::string& name :
                 names_in(inner, root / first / second, is_file_name).names) {
                if (name != plain_name(name)) continue;
                const File file = open_file(inner, name);
                if (!file.is_open()) continue;
                std::string relative = first;
                relative.append("/").append(second).append("/").append(name);
                if (!visit(relative, file)) return {};
            }
        }
    }
    return {};
}

}  // namespace ci::store
