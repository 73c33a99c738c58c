#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <numeric>
#include <system_error>

#include "store/file.h"
#include "store/path.h"
#include "store/store.h"

namespace ci::store {
namespace {

std::string describe(const std::filesystem::path& path, int error) {
    return path.string() + ": " + std::system_category().message(error);
}

/// 0, or the errno. `path` lies two levels below the root, which may be missing as well.
int make_directories(const std::filesystem::path& root, const std::filesystem::path& path) {
    std::error_code failed;
    std::filesystem::create_directories(root, failed);
    if (failed) return failed.value();
    const auto inner = path.parent_path();
    for (const auto& directory : {inner.parent_path(), inner}) {
        if (::mkdir(directory.c_str(), 0750) != 0 && errno != EEXIST) return errno;
    }
    return 0;
}

/// True if the file ends in the middle of a line: somebody died while writing it.
bool is_torn(const File& file, off_t size) {
    char last = '\n';
    return size > 0 && ::pread(file.descriptor(), &last, 1, size - 1) == 1 && last != '\n';
}

/// 0, or the errno. A batch that does not fit is taken back: half a line helps nobody.
int write_whole(const File& file, std::string_view text) {
    struct stat before {};
    if (::fstat(file.descriptor(), &before) != 0) return errno;
    std::string repaired;
    if (is_torn(file, before.st_size)) {
        repaired.reserve(text.size() + 1);
        repaired += '\n';
        repaired += text;
        text = repaired;
    }
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t n = ::write(file.descriptor(), text.data() + written, text.size() - written);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            const int error = n < 0 ? errno : EIO;
            // If this fails too, the torn line is skipped by readers and ended by the next append.
            if (written > 0) (void)!::ftruncate(file.descriptor(), before.st_size);
            return error;
        }
        written += static_cast<std::size_t>(n);
    }
    return 0;
}

bool was_deleted(const File& file) {
    struct stat now {};
    return ::fstat(file.descriptor(), &now) == 0 && now.st_nlink == 0;
}

}  // namespace

std::mutex& Store::writer_of(const std::string& relative) {
    return writers_.at(std::hash<std::string>{}(relative) % writers_.size());
}

/// Empty, or why it failed.
std::string Store::append_to(const std::string& relative, std::string_view text) {
    const std::filesystem::path path = root_ / relative;
    const std::shared_lock directories(directories_);
    const std::scoped_lock lock(writer_of(relative));
    // Others delete files and directories while we write; whoever loses such a race tries again.
    constexpr int tries = 5;
    for (int i = 0; i < tries; ++i) {
        constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
        const File file(::open(path.c_str(), flags, 0640));
        if (!file.is_open()) {
            const int error = errno == ENOENT ? make_directories(root_, path) : errno;
            if (error != 0 && error != ENOENT) return describe(path, error);
            continue;
        }
        if (const int error = write_whole(file, text); error != 0) return describe(path, error);
        if (!was_deleted(file)) return {};
    }
    return path.string() + ": deleted as fast as it is written";
}

Appended Store::append(std::span<const Line> lines) {
    std::vector<std::size_t> order(lines.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return lines[a].call_id < lines[b].call_id;
    });
    Appended result;
    std::string text;
    for (std::size_t i = 0; i < order.size();) {
        const std::string_view call_id = lines[order[i]].call_id;
        const std::size_t first = i;
        text.clear();
        for (; i < order.size() && lines[order[i]].call_id == call_id; ++i) {
            text += lines[order[i]].text;
        }
        std::string error = append_to(relative_path(call_id), text);
        (error.empty() ? result.stored : result.failed) += i - first;
        if (!error.empty()) result.error = std::move(error);
    }
    return result;
}

}  // namespace ci::store
