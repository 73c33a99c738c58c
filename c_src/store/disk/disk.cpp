#include "store/disk/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "store/disk/directory_walk.h"
#include "store/disk/file.h"

namespace ci::store {

int Disk::open(const char* path, int flags, mode_t mode) {
    return ::open(path, flags, mode);
}
int Disk::open_below(const char* root, const char* relative, int flags, mode_t mode) {
    return store::open_below(root, relative, flags, mode);
}
ssize_t Disk::write(int descriptor, std::string_view bytes) {
    return ::write(descriptor, bytes.data(), bytes.size());
}
int Disk::truncate(int descriptor, off_t size) {
    return ::ftruncate(descriptor, size);
}
int Disk::sync(int descriptor) {
    return ::fdatasync(descriptor);
}
int Disk::sync_filesystem(int descriptor) {
    return ::syncfs(descriptor);
}
int Disk::rename(const char* from, const char* to) {
    return std::rename(from, to);
}
int Disk::sync_directory(const char* path) {
    const File directory(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory.is_open() ? ::fsync(directory.get()) : -1;
}
int Disk::unlink(const char* path) {
    return ::unlink(path);
}
int Disk::unlink_at(int directory, const char* name, int flags) {
    return ::unlinkat(directory, name, flags);
}
int Disk::mkdir(const char* path, mode_t mode) {
    return ::mkdir(path, mode);
}

Disk& disk() noexcept {
    static Disk real;
    return real;
}

}  // namespace ci::store
