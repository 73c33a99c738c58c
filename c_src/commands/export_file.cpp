#include "commands/export_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "os/descriptor.h"
#include "os/mutex.h"
#include "sip/text.h"
#include "store/disk/disk.h"
#include "store/disk/error.h"
#include "store/disk/file_io.h"

namespace ci::commands {
namespace {

constexpr std::string_view unfinished = ".part";

std::string why_not(const std::filesystem::path& path, int error) {
    return store::Error{error, path}.text();
}

/// Of regular files; an unreadable directory is told when it is written to.
std::uintmax_t octets_in(const std::filesystem::path& directory) {
    std::uintmax_t sum = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator file(directory, error), end; !error && file != end;
         file.increment(error)) {
        std::error_code gone;
        if (file->is_regular_file(gone)) sum += file->file_size(gone);
    }
    return sum;
}

/// The name appears once the octets are on the medium; it is linked, because a rename would replace
/// a file that has the name.
std::string write_below(int directory, const std::filesystem::path& path, std::string_view octets) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    constexpr ::mode_t mode = 0600;
    const std::string name = path.filename();
    const std::string part = "." + name + std::string(unfinished);
    ::unlinkat(directory, part.c_str(), 0);  // what a killed run left
    const os::Descriptor file(::openat(directory, part.c_str(), flags, mode));
    if (!file.is_open()) return why_not(path, errno);
    int failure = store::append_whole(store::disk(), file, 0, octets);
    if (failure == 0 && ::fsync(file.get()) != 0) failure = errno;
    if (failure == 0 && ::linkat(directory, part.c_str(), directory, name.c_str(), 0) != 0) {
        failure = errno;
    }
    ::unlinkat(directory, part.c_str(), 0);
    return failure == 0 ? "" : why_not(path, failure);
}

}  // namespace

bool is_export_name(std::string_view name) noexcept {
    constexpr std::size_t longest = 200;
    constexpr std::string_view others = ".-_@+=";
    const auto is_fit = [&](char c) {
        return sip::is_digit(c) || sip::is_upper(c) || (c >= 'a' && c <= 'z') ||
               others.find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= longest && name.front() != '.' && name.front() != '-' &&
           std::all_of(name.begin(), name.end(), is_fit);
}

std::string export_file(const std::filesystem::path& directory, const std::string& name,
                        std::string_view octets, std::uintmax_t most) {
    static os::Mutex mutex;  // two exports of one name, and the sum of all
    const os::MutexLock lock(mutex);
    constexpr ::mode_t mode = 0700;
    if (::mkdir(directory.c_str(), mode) != 0 && errno != EEXIST) {
        return why_not(directory, errno);
    }
    if (octets_in(directory) + octets.size() > most) {
        return directory.string() + ": its files would be larger than " +
               std::to_string(most >> 20U) + " MiB together: remove some";
    }
    return write_new_file(directory / name, octets);
}

std::string write_new_file(const std::filesystem::path& path, std::string_view octets) {
    const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
    const os::Descriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.is_open()) return why_not(parent, errno);
    return write_below(directory.get(), path, octets);
}

}  // namespace ci::commands
