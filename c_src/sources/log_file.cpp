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
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "net/wall_clock.h"

namespace ci::sources {
namespace {

namespace fs = std::filesystem;

/// More names than these in one directory are no rotation.
constexpr std::size_t most_rotated = 1'000;
/// Renaming a thousand files takes less time than listing them so often.
constexpr int most_listings = 10;

bool is_number_or_date(std::string_view text) noexcept {
    return !text.empty() && text.find_first_of("0123456789") != std::string_view::npos &&
           text.find_first_not_of("0123456789.-_:T") == std::string_view::npos;
}

constexpr std::string_view packed_and_read[] = {".gz", ".zst"};
constexpr struct {
    std::string_view ending, program;
} packed_otherwise[] = {{".xz", "xz"}, {".lzma", "xz"}, {".bz2", "bzip2"}, {".lz4", "lz4"}};

/// The name without ".gz" or ".zst".
std::string_view unpacked(std::string_view name) noexcept {
    for (const std::string_view packed : packed_and_read) {
        if (name.ends_with(packed)) return name.substr(0, name.size() - packed.size());
    }
    return name;
}

/// Whether a rotation of `log` would give this name.
bool is_rotated_name(std::string_view name, std::string_view log) {
    name = unpacked(name);
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

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// A name of a day's file without its date and time: "x-" and ".log" of "x-2026-11-28.log".
std::optional<std::pair<std::string_view, std::string_view>> around_date(std::string_view name) {
    constexpr std::string_view separators = "-_.";
    for (auto at = name.find("20"); at != std::string_view::npos; at = name.find("20", at + 1)) {
        std::size_t end = at;
        const auto take = [&](int digits) {
            for (; digits > 0 && end < name.size() && is_digit(name[end]); --digits) ++end;
            return digits == 0;
        };
        const auto take_separator = [&] {
            if (end < name.size() && separators.find(name[end]) != std::string_view::npos) ++end;
        };
        if (!take(4)) continue;
        take_separator();
        if (!take(2)) continue;
        take_separator();
        if (!take(2)) continue;
        const auto rest = name.find_first_not_of("0123456789-_:T", end);
        return std::pair(name.substr(0, at),
                         rest == std::string_view::npos ? "" : name.substr(rest));
    }
    return std::nullopt;
}

/// Whether a link that stands for the newest file of a day may have stood for this one.
bool is_other_day(std::string_view name, std::string_view linked) {
    const auto here = around_date(unpacked(name)), there = around_date(linked);
    return here && here == there;
}

FileIdentity identity_of(const struct stat& status) noexcept {
    return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

std::uint64_t size_of(const struct stat& status) noexcept {
    return static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
}

std::string read_beginning(PackedFile& file) {
    std::string octets(beginning_size, '\0');
    octets.resize(file.read(std::as_writable_bytes(std::span(octets))));
    return octets;
}

bool begins_with(const RotatedLog& log, std::string_view beginning, std::uint64_t size) {
    auto file = PackedFile::open(log.path, {});
    if (!file) return false;
    const auto octets = read_beginning(*file);
    return octets.starts_with(beginning) &&
           (size <= octets.size() || skip(*file, size - octets.size()));
}

std::string beginning_at(const std::string& path) {
    auto file = PackedFile::open(path, {});
    return file ? read_beginning(*file) : std::string();
}

/// What is being compressed is there twice, and the compressed one is not complete.
bool is_in_the_making(const RotatedLog& log, const std::string& plain) {
    return beginning_at(plain).starts_with(beginning_at(log.path));
}

/// Adds the files of a directory whose names are wanted.
void list(const fs::path& directory, const std::function<bool(std::string_view)>& is_wanted,
          std::vector<RotatedLog>& found) {
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; !error && it != end;
         it.increment(error)) {
        struct stat status {};
        if (!is_wanted(it->path().filename().native()) ||
            ::lstat(it->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
            continue;
        }
        found.push_back({it->path().string(), identity_of(status), size_of(status),
                         net::to_micros(status.st_mtim)});
        if (found.size() >= most_rotated) break;
    }
}

/// `without(name)`: a file's name without the ending of a program that packed it.
std::vector<RotatedLog> beside(const std::string& path,
                               const std::function<std::string_view(std::string_view)>& without) {
    // A link may stand elsewhere than the log, and the log is rotated where it is.
    const fs::path log(path);
    std::error_code error;
    const bool is_link = fs::is_symlink(log, error);
    const fs::path real = fs::canonical(log, error);
    const std::string own = log.filename(), linked = real.empty() ? own : real.filename().string();
    const auto is_wanted = [&](std::string_view packed) {
        const std::string_view name = without(packed);
        return is_rotated_name(name, own) || is_rotated_name(name, linked) ||
               (is_link && name != linked && is_other_day(name, linked));
    };
    const fs::path here = fs::canonical(log.parent_path(), error);
    std::vector<RotatedLog> found;
    list(log.parent_path(), is_wanted, found);
    if (!real.empty() && real.parent_path() != here) list(real.parent_path(), is_wanted, found);
    return found;
}

std::vector<RotatedLog> listed(const std::string& path) {
    auto found = beside(path, [](std::string_view name) { return name; });
    std::set<std::string> names;
    for (const RotatedLog& log : found) names.insert(log.path);
    std::erase_if(found, [&](const RotatedLog& log) {
        const std::string plain(unpacked(log.path));
        return plain != log.path && names.contains(plain) && is_in_the_making(log, plain);
    });
    std::sort(found.begin(), found.end(), [](const RotatedLog& a, const RotatedLog& b) {
        return a.modified != b.modified ? a.modified < b.modified : a.path > b.path;
    });
    return found;
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
    return {identity_of(status), size_of(status), net::to_micros(status.st_mtim),
            status.st_nlink > 0};
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
    // A directory that is listed while files in it are renamed may show some twice or not at all.
    std::vector<RotatedLog> found = listed(path);
    for (int again = 0; again < most_listings; ++again) {
        auto once_more = listed(path);
        if (once_more == found) break;
        found = std::move(once_more);
    }
    return found;
}

std::string unreadable_rotations(const std::string& path) {
    RotatedLog newest;
    std::string_view program;
    for (const auto& row : packed_otherwise) {
        const auto without = [&](std::string_view name) {
            return name.ends_with(row.ending) ? name.substr(0, name.size() - row.ending.size())
                                              : std::string_view();
        };
        for (RotatedLog& log : beside(path, without)) {
            if (log.modified < newest.modified) continue;
            newest = std::move(log);
            program = row.program;
        }
    }
    if (program.empty()) return {};
    return newest.path + " is packed by " + std::string(program) + ", which is not read here";
}

std::string beginning_of(const RotatedLog& log) {
    return beginning_at(log.path);
}

std::size_t find_rotated(const std::vector<RotatedLog>& logs, std::string_view beginning,
                         std::uint64_t size) {
    if (beginning.empty()) return logs.size();
    for (std::size_t i = logs.size(); i-- > 0;) {  // the newest first
        if (begins_with(logs[i], beginning, size)) return i;
    }
    return logs.size();
}

std::optional<RotatedLog> next_rotated(const std::vector<RotatedLog>& logs, const ReadLog& last) {
    const auto copies = [&](const RotatedLog& log) {
        return !last.beginning.empty() && begins_with(log, last.beginning, 0);
    };
    auto next = std::find_if(logs.begin(), logs.end(),
                             [&](const RotatedLog& log) { return log.file == last.file; });
    if (next == logs.end()) next = std::find_if(logs.begin(), logs.end(), copies);
    if (next == logs.end()) {
        next = std::find_if(logs.begin(), logs.end(),
                            [&](const RotatedLog& log) { return log.modified > last.modified; });
    } else {
        ++next;
    }
    next = std::find_if(next, logs.end(),
                        [&](const RotatedLog& log) { return log.size > 0 && !copies(log); });
    if (next == logs.end()) return std::nullopt;
    return *next;
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
