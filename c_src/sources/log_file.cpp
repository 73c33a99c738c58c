#include "sources/log_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "net/wall_clock.h"

namespace ci::sources {
namespace {

namespace fs = std::filesystem;

/// More names than these in one directory are no rotation.
constexpr std::size_t most_rotated = 1'000;

bool is_number_or_date(std::string_view text) noexcept {
    return !text.empty() && text.find_first_of("0123456789") != std::string_view::npos &&
           text.find_first_not_of("0123456789.-_:T") == std::string_view::npos;
}

/// Whether a rotation of `log` would give this name.
bool is_rotated_name(std::string_view name, std::string_view log) {
    for (const std::string_view packed : {".gz", ".zst"}) {
        if (name.ends_with(packed)) name.remove_suffix(packed.size());
    }
    if (name == log) return false;  // "x.log.gz" alone names no rotation of its own
    if (name.starts_with(log)) {
        name.remove_prefix(log.size());
        return (name.front() == '.' || name.front() == '-') && is_number_or_date(name);
    }
    // logrotate's "extension": x-20261128.log, x.1.log
    const auto dot = log.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return false;
    const auto stem = log.substr(0, dot), extension = log.substr(dot);
    if (!name.starts_with(stem) || !name.ends_with(extension) ||
        name.size() <= stem.size() + extension.size()) {
        return false;
    }
    name = name.substr(stem.size(), name.size() - stem.size() - extension.size());
    return (name.front() == '.' || name.front() == '-') && is_number_or_date(name);
}

FileIdentity identity_of(const struct stat& status) noexcept {
    return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

std::string why_not(int error) {
    errno = error;
    return net::last_socket_error().why;
}

}  // namespace

wire::expected<LogFile, net::SocketError> LogFile::open(const std::string& path) {
    // O_NONBLOCK: the open of a FIFO would wait for its writer.
    os::Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!descriptor.is_open()) return net::SocketError{why_not(errno)};
    struct stat status {};
    if (::fstat(descriptor.get(), &status) != 0) return net::SocketError{why_not(errno)};
    if (S_ISDIR(status.st_mode)) return net::SocketError{"is a directory"};
    if (!S_ISREG(status.st_mode)) return net::SocketError{"not a regular file"};
    return LogFile(std::move(descriptor));
}

LogFile::State LogFile::state() const {
    struct stat status {};
    if (::fstat(descriptor_.get(), &status) != 0) return {};
    return {identity_of(status), static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0)),
            net::to_micros(status.st_mtim), status.st_nlink > 0};
}

ssize_t LogFile::read(std::uint64_t offset, std::span<char> to) const {
    ssize_t got = 0;
    do {
        got = ::pread(descriptor_.get(), to.data(), to.size(), static_cast<off_t>(offset));
    } while (got < 0 && errno == EINTR);
    return got;
}

std::string LogFile::beginning() const {
    std::array<char, beginning_size> octets{};
    const auto got = read(0, octets);
    return {octets.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

std::vector<RotatedLog> rotated_logs(const std::string& path) {
    const fs::path log(path);
    std::vector<RotatedLog> found;
    std::error_code error;
    for (fs::directory_iterator it(log.parent_path(), error), end; !error && it != end;
         it.increment(error)) {
        struct stat status {};
        if (!is_rotated_name(it->path().filename().native(), log.filename().native()) ||
            ::lstat(it->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
            continue;
        }
        found.push_back({it->path().string(), identity_of(status), net::to_micros(status.st_mtim)});
        if (found.size() == most_rotated) break;
    }
    std::sort(found.begin(), found.end(), [](const RotatedLog& a, const RotatedLog& b) {
        return a.modified != b.modified ? a.modified < b.modified : a.path > b.path;
    });
    return found;
}

std::string beginning_of(const RotatedLog& log) {
    std::string octets;
    if (auto file = PackedFile::open(log.path, {})) {
        octets.resize(beginning_size);
        octets.resize(file->read(std::as_writable_bytes(std::span(octets))));
    }
    return octets;
}

std::size_t find_rotated(const std::vector<RotatedLog>& logs, std::string_view beginning,
                         std::uint64_t size) {
    if (beginning.empty()) return logs.size();
    for (std::size_t i = logs.size(); i-- > 0;) {  // the newest first
        auto file = PackedFile::open(logs[i].path, {});
        if (!file) continue;
        std::array<char, beginning_size> octets{};
        const auto got = file->read(std::as_writable_bytes(std::span(octets)));
        if (!std::string_view(octets.data(), got).starts_with(beginning)) continue;
        if (size <= got || skip(*file, size - got)) return i;
    }
    return logs.size();
}

bool skip(PackedFile& file, std::uint64_t octets) {
    std::vector<std::byte> ignored(1U << 16U);
    while (octets > 0) {
        const auto got = file.read(std::span(ignored).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(octets, ignored.size()))));
        if (got == 0) return false;
        octets -= got;
    }
    return true;
}

bool is_on_network(const std::string& path) noexcept {
    constexpr std::uint32_t network[] = {NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC,  CIFS_SUPER_MAGIC,
                                         SMB2_SUPER_MAGIC, V9FS_MAGIC,       FUSE_SUPER_MAGIC,
                                         AFS_SUPER_MAGIC,  CODA_SUPER_MAGIC, OCFS2_SUPER_MAGIC};
    struct statfs status {};
    if (::statfs(path.c_str(), &status) != 0) return true;
    const auto type = static_cast<std::uint32_t>(status.f_type);
    return std::find(std::begin(network), std::end(network), type) != std::end(network);
}

}  // namespace ci::sources
