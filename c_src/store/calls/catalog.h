// A list of the calls' files by age, so that the oldest are found without a look at every file.
// ROOT/.catalog/YYYYMMDDHH (UTC) names the files that were begun in that hour, one "aa/bb/rest" a
// line. When the list of an hour is processed, a file that was written to later moves to a later
// list.
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "os/mutex.h"
#include "store/disk/permissions.h"

namespace ci::store {

inline constexpr std::string_view catalog_name = ".catalog";

class Catalog {
  public:
    Catalog(Disk& disk, const std::filesystem::path& root, Group group)
        : disk_(disk), directory_(root / catalog_name), group_(group) {}

    /// Hours since 1970, from seconds since 1970.
    using Hour = std::int64_t;
    static Hour hour_of(std::int64_t seconds) noexcept { return seconds / 3'600; }

    /// Notes that the file was begun in this hour, or is to be checked again then. write() puts the
    /// notes on the disk.
    void note(std::string_view relative, Hour hour);
    void write();

    /// The hours of all lists, the oldest first.
    [[nodiscard]] std::vector<Hour> hours() const;
    /// Files named in a list. Some may no longer exist, or be named twice.
    [[nodiscard]] std::vector<std::string> files(Hour hour) const;
    /// Rewrites a list with these files, or removes the list if there are none.
    void replace(Hour hour, const std::vector<std::string>& files);

    [[nodiscard]] bool exists() const { return std::filesystem::exists(directory_); }

  private:
    [[nodiscard]] std::filesystem::path path_of(Hour hour) const;
    bool append(Hour hour, const std::string& text);

    Disk& disk_;
    std::filesystem::path directory_;
    Group group_;
    os::Mutex mutex_;
    std::deque<std::pair<Hour, std::string>> noted_ GUARDED_BY(mutex_);
};

}  // namespace ci::store
