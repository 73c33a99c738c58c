// The system calls by which the store changes the disk, in one place, so that a test can make each
// of them fail. As in POSIX, -1 is a failure and errno says which.
#pragma once

#include <sys/types.h>

#include <string_view>

namespace ci::store {

class Disk {
  public:
    Disk() = default;
    virtual ~Disk() = default;
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    virtual int open(const char* path, int flags, mode_t mode);
    /// For files below a store's root (directory_walk.h).
    virtual int open_below(const char* root, const char* relative, int flags, mode_t mode);
    virtual ssize_t write(int descriptor, std::string_view bytes);
    virtual int truncate(int descriptor, off_t size);
    virtual int sync(int descriptor);             ///< fdatasync
    virtual int sync_filesystem(int descriptor);  ///< syncfs
    virtual int rename(const char* from, const char* to);
    virtual int sync_directory(const char* path);
    virtual int unlink(const char* path);
    virtual int unlink_at(int directory, const char* name, int flags);
    virtual int mkdir(const char* path, mode_t mode);
};

/// The real disk.
Disk& disk() noexcept;

}  // namespace ci::store
