#include "store/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "store/path.h"

namespace ci::store {
namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

/// Not open, or a regular file.
File open_file(const File& directory, const std::string& name) {
    // A pipe somebody put there must not make us wait.
    constexpr int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    File file(::openat(directory.descriptor(), name.c_str(), flags));
    struct stat info {};
    if (!file.is_open() || ::fstat(file.descriptor(), &info) != 0) return {};
    return S_ISREG(info.st_mode) ? std::move(file) : File();
}

}  // namespace

File open_directory(int parent, const char* name) {
    return File(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
}

std::vector<std::string> names_in(const File& directory, bool (*is_ours)(std::string_view)) {
    std::vector<std::string> names;
    const int copy = ::fcntl(directory.descriptor(), F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return names;
    const Directory entries(::fdopendir(copy), &::closedir);
    if (!entries) return names;
    while (const dirent* entry = ::readdir(entries.get())) {
        if (is_ours(entry->d_name)) names.emplace_back(entry->d_name);
    }
    return names;
}

std::string for_each_file(
    const std::filesystem::path& root,
    const std::function<bool(const std::string& relative, const File& file)>& take) {
    const File top = open_directory(AT_FDCWD, root.c_str());
    if (!top.is_open()) return root.string() + ": " + std::system_category().message(errno);
    for (const std::string& first : names_in(top, is_directory_name)) {
        const File outer = open_directory(top.descriptor(), first.c_str());
        if (!outer.is_open()) continue;
        for (const std::string& second : names_in(outer, is_directory_name)) {
            const File inner = open_directory(outer.descriptor(), second.c_str());
            if (!inner.is_open()) continue;
            for (const std::string& name : names_in(inner, is_file_name)) {
                if (name != plain_name(name)) continue;
                const File file = open_file(inner, name);
                if (!file.is_open()) continue;
                std::string relative = first;
                relative.append("/").append(second).append("/").append(name);
                if (!take(relative, file)) return {};
            }
        }
    }
    return {};
}

}  // namespace ci::store
