#include "store/calls/call_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "store/calls/compress.h"
#include "store/disk/directory_walk.h"
#include "store/disk/file_io.h"
#include "wire/hash.h"

namespace ci::store {
namespace {

/// O_NONBLOCK, so that a FIFO of this name does not block the open.
constexpr int reading = O_RDONLY | O_NONBLOCK;

/// True if the file ends in the middle of a line, because a process died while writing.
bool is_torn(const File& file, off_t size) {
    char last = '\n';
    return size > 0 && ::pread(file.get(), &last, 1, size - 1) == 1 && last != '\n';
}

/// True if the file begins with a call's line. A hard link (`cp -l`) may be an operator's copy of a
/// call, or an attack that makes the store write into another file.
bool is_calls(const File& file) {
    std::string begin;
    return read_at(file, 0, call_begin.size(), begin) == 0 && begin == call_begin;
}

bool is_missing(int error) noexcept {
    return error == ENOENT || error == ENOTDIR;
}

}  // namespace

bool concerns_all(const Error& error) noexcept {
    constexpr int errors[] = {ENOSPC, EDQUOT, EROFS, EMFILE, ENFILE, EIO, ENOMEM};
    return std::find(std::begin(errors), std::end(errors), error.code) != std::end(errors);
}

std::unique_lock<std::mutex> CallFiles::lock(std::string_view relative) {
    return std::unique_lock(locks_.at(wire::TextHash{}(relative) % locks_.size()));
}

std::vector<std::unique_lock<std::mutex>> CallFiles::lock_all() {
    std::vector<std::unique_lock<std::mutex>> locks;
    for (auto& mutex : locks_) locks.emplace_back(mutex);
    return locks;
}

File CallFiles::open(const std::filesystem::path& relative, int flags) const {
    return File(open_below(root_.c_str(), relative.c_str(), flags | O_CLOEXEC, 0));
}

Error CallFiles::check_way(std::string_view relative) const {
    const auto directory = std::filesystem::path(relative).parent_path();
    return {open(directory, O_PATH | O_DIRECTORY).is_open() ? 0 : errno, root_ / directory};
}

wire::expected<CallFiles::Appended, Error> CallFiles::append(std::string_view relative,
                                                             std::string_view text) {
    const std::string name(relative);
    const std::filesystem::path path = root_ / relative;
    // Others may delete a file or directory during the write; then the write is tried again.
    constexpr int tries = 5;
    for (int i = 0; i < tries; ++i) {
        constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
        const File file(disk_.open_below(root_.c_str(), name.c_str(), flags, file_mode));
        if (!file.is_open()) {
            int error = errno;
            if (error == ENOENT) error = make_directories(disk_, path.parent_path(), group_).code;
            if (error != 0 && error != ENOENT) return Error{error, path};
            continue;
        }
        struct stat before {};
        if (::fstat(file.get(), &before) != 0) return Error{errno, path};
        if (!S_ISREG(before.st_mode)) return Error{not_regular, path};
        if (before.st_nlink > 1 && !is_calls(file)) return Error{EMLINK, path};
        Appended result;
        result.created = before.st_size == 0;
        if (result.created) {
            give_to(file.get(), group_);
            struct stat older {};
            result.goes_on = ::lstat(compressed_path(path).c_str(), &older) == 0;
        }
        result.repaired = is_torn(file, before.st_size);
        std::string ended;
        if (result.repaired) ended.append("\n").append(text);
        const std::string_view whole = result.repaired ? ended : text;
        const int error = append_whole(disk_, file, before.st_size, whole);
        if (error != 0) return Error{error, path};
        result.size = before.st_size + static_cast<off_t>(whole.size());
        struct stat after {};
        if (::fstat(file.get(), &after) != 0 || after.st_nlink != 0) return result;
    }
    return Error{ENOENT, path};
}

Error CallFiles::numbers_from(std::string_view relative, Seq first,
                              std::unordered_set<Seq>& out) const {
    const auto failed = [&](int error) { return Error{error, root_ / relative}; };
    constexpr off_t piece_size = 65'536;
    const File file = open(relative, reading);
    if (!file.is_open()) return is_missing(errno) ? Error() : failed(errno);
    off_t end = 0;
    if (const int error = check_regular(file, end); error != 0) return failed(error);
    // Reads from the end. Numbers rise; where an edited file breaks this, the recent numbers are
    // still at the end.
    bool is_past = false;
    std::string text, cut;  // `cut`: the end of a line whose start is in the preceding piece
    while (end > 0 && !is_past && cut.size() < longest_line) {
        const off_t begin = std::max<off_t>(end - piece_size, 0);
        const int error = read_at(file, begin, static_cast<std::size_t>(end - begin), text);
        if (error != 0) return failed(error);
        text += cut;
        const std::size_t whole = begin == 0 ? 0 : std::min(text.find('\n'), text.size() - 1) + 1;
        cut = text.substr(0, whole);
        std::string_view rest = std::string_view(text).substr(whole);
        while (!rest.empty()) {
            const auto seq = seq_of(next_line(rest));
            if (seq && *seq >= first) out.insert(*seq);
            is_past = is_past || (seq && *seq < first);
        }
        end = begin;
    }
    return {};
}

Error CallFiles::read(std::string_view relative, std::string& out) const {
    // compress() moves lines from the plain file to the other. In this order a read sees all of
    // them, some perhaps twice.
    Error problem;
    const auto note = [&](const std::filesystem::path& name, int error) {
        if (error != 0 && !is_missing(error)) problem = {error, root_ / name};
    };
    std::string plain;
    const File file = open(relative, reading);
    note(relative, file.is_open() ? read_whole(file, max_read, plain) : errno);
    const auto packed_name = compressed_path(relative);
    const File packed = open(packed_name, reading);
    note(packed_name, packed.is_open() ? read_compressed(packed, out) : errno);
    if (out.empty()) {
        out = std::move(plain);
    } else {
        if (!out.ends_with('\n')) out += '\n';  // the compressed text ended early
        out += without_doubles(plain, out);
    }
    return problem;
}

Error CallFiles::read_begin(std::string_view relative, std::string& out) const {
    constexpr std::size_t enough = 4'096;
    off_t size = 0;
    const File file = open(relative, reading);
    if (file.is_open()) {
        const int error = check_regular(file, size);
        return {error == 0 ? read_at(file, 0, enough, out) : error, root_ / relative};
    }
    if (!is_missing(errno)) return {errno, root_ / relative};
    const auto packed_name = compressed_path(relative);
    const File packed = open(packed_name, reading);
    return {packed.is_open() ? read_compressed(packed, out) : errno, root_ / packed_name};
}

std::size_t CallFiles::size(std::string_view relative) const {
    struct stat info {};
    if (::lstat((root_ / relative).c_str(), &info) != 0) return 0;
    return static_cast<std::size_t>(info.st_size);
}

CallFiles::Removed CallFiles::remove(std::string_view relative) {
    Removed result;
    const std::filesystem::path path(relative);
    const auto failed = [&](int error) { result.error = {error, root_ / path}; };
    const File directory = open(path.parent_path(), O_PATH | O_DIRECTORY);
    if (!directory.is_open()) {
        // Files behind a symbolic link are not the store's.
        if (!is_missing(errno) && errno != ELOOP) failed(errno);
        return result;
    }
    for (const auto& one : {compressed_path(path.filename()), path.filename()}) {
        struct stat info {};
        if (::fstatat(directory.get(), one.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
            if (!is_missing(errno)) failed(errno);
        } else if (disk_.unlink_at(directory.get(), one.c_str(), 0) == 0) {
            result.any = true;
            result.bytes += info.st_size;
        } else if (!is_missing(errno)) {
            failed(errno);
        }
    }
    if (result.any) note_change(relative);
    return result;
}

}  // namespace ci::store
