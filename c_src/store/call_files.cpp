#include "store/call_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "store/compress.h"
#include "store/write.h"
#include "wire/hash.h"

namespace ci::store {
namespace {

/// True if the file ends in the middle of a line: somebody died while writing it.
bool is_torn(const File& file, off_t size) {
    char last = '\n';
    return size > 0 && ::pread(file.descriptor(), &last, 1, size - 1) == 1 && last != '\n';
}

bool is_missing(int error) noexcept {
    return error == ENOENT || error == ENOTDIR;
}

}  // namespace

bool concerns_all(int error) noexcept {
    constexpr int errors[] = {ENOSPC, EDQUOT, EROFS, EMFILE, ENFILE, EIO, ENOMEM};
    return std::find(std::begin(errors), std::end(errors), error) != std::end(errors);
}

std::unique_lock<std::mutex> CallFiles::lock(std::string_view relative) {
    return std::unique_lock(locks_.at(wire::TextHash{}(relative) % locks_.size()));
}

std::vector<std::unique_lock<std::mutex>> CallFiles::lock_all() {
    std::vector<std::unique_lock<std::mutex>> locks;
    for (auto& mutex : locks_) locks.emplace_back(mutex);
    return locks;
}

CallFiles::Appended CallFiles::append(std::string_view relative, std::string_view text) {
    const std::filesystem::path path = root_ / relative;
    Appended result;
    // Others delete files and directories while we write; whoever loses such a race tries again.
    constexpr int tries = 5;
    for (int i = 0; i < tries; ++i) {
        constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
        const File file(disk_.open(path.c_str(), flags, file_mode));
        if (!file.is_open()) {
            result.error = errno;
            if (result.error == ENOENT) {
                result.error = make_directories(disk_, path.parent_path(), group_);
            }
            if (result.error != 0 && result.error != ENOENT) return result;
            continue;
        }
        struct stat before {};
        if (::fstat(file.descriptor(), &before) != 0) return {.error = errno};
        if (!S_ISREG(before.st_mode)) return {.error = EINVAL};
        result.created = before.st_size == 0;
        if (result.created) {
            give_to(file.descriptor(), group_);
            struct stat older {};
            result.goes_on = ::lstat(compressed_path(path).c_str(), &older) == 0;
        }
        result.repaired = is_torn(file, before.st_size);
        std::string ended;
        if (result.repaired) ended.append("\n").append(text);
        result.error = append_whole(disk_, file, before.st_size, result.repaired ? ended : text);
        if (result.error != 0) return result;
        struct stat after {};
        if (::fstat(file.descriptor(), &after) != 0 || after.st_nlink != 0) return result;
        result.error = ENOENT;  // deleted as fast as it is written
    }
    return result;
}

std::optional<Seq> CallFiles::last_seq(std::string_view relative) const {
    const std::filesystem::path path = root_ / relative;
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info {};
    if (!file.is_open() || ::fstat(file.descriptor(), &info) != 0) return std::nullopt;
    const auto size = static_cast<std::size_t>(info.st_size);
    std::string tail;
    for (std::size_t length = 65'536;; length *= 8) {
        const std::size_t begin = size > length ? size - length : 0;
        if (read_at(file, static_cast<off_t>(begin), size - begin, tail) != 0) return std::nullopt;
        std::string_view rest = tail;
        for (std::size_t end = rest.rfind('\n'); end != std::string_view::npos;
             end = rest.rfind('\n')) {
            rest = rest.substr(0, end);
            const std::size_t before = rest.rfind('\n');
            const bool is_whole = before != std::string_view::npos || begin == 0;
            if (!is_whole) break;
            if (const auto seq = seq_of(rest.substr(before + 1))) return seq;  // npos + 1 is 0
        }
        if (begin == 0) return std::nullopt;
    }
}

int CallFiles::read(std::string_view relative, std::string& out) const {
    const std::filesystem::path path = root_ / relative;
    // Compressing moves lines from the plain file to the other: this order sees all of them, some
    // maybe twice.
    std::string plain;
    int error = read_whole(path, plain);
    if (error != 0 && !is_missing(error)) return error;
    error = read_compressed(compressed_path(path), out);
    if (error != 0 && !is_missing(error)) return error;
    if (out.empty()) {
        out = std::move(plain);
    } else {
        out += without_doubles(plain, out);
    }
    return 0;
}

int CallFiles::read_begin(std::string_view relative, std::string& out) const {
    constexpr std::size_t enough = 4'096;
    const std::filesystem::path path = root_ / relative;
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.is_open()) return read_at(file, 0, enough, out);
    return is_missing(errno) ? read_compressed(compressed_path(path), out) : errno;
}

std::size_t CallFiles::size(std::string_view relative) const {
    struct stat info {};
    if (::lstat((root_ / relative).c_str(), &info) != 0) return 0;
    return static_cast<std::size_t>(info.st_size);
}

CallFiles::Removed CallFiles::remove(std::string_view relative) {
    Removed result;
    const std::filesystem::path path = root_ / relative;
    for (const auto& one : {compressed_path(path), path}) {
        struct stat info {};
        if (::lstat(one.c_str(), &info) != 0) continue;
        if (disk_.unlink(one.c_str()) == 0) {
            result.any = true;
            result.bytes += info.st_size;
        } else if (!is_missing(errno)) {
            result.error = errno;
        }
    }
    return result;
}

}  // namespace ci::store
