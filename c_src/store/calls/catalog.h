// Which calls' files there are, by age, so that the oldest are found without looking at all of
// them: ROOT/.catalog/YYYYMMDDHH (UTC) names those that were begun in that hour, "aa/bb/rest" a
// line each. A file that was written to later is moved to a later list when its hour's turn comes.
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "store/disk/permissions.h"

namespace ci::store {

inline constexpr std::string_view catalog_name = ".catalog";

class Catalog {
  public:
    Catalog(Disk& disk, const std::filesystem::path& root, Group group)
        : disk_(disk), directory_(root / catalog_name), group_(group) {}

    /// Hours since 1970; seconds likewise.
    using Hour = std::int64_t;
    static Hour hour_of(std::int64_t seconds) noexcept { return seconds / 3'600; }

    /// The file was begun, or is to be looked at again, in this hour. Written by write().
    void note(std::string_view relative, Hour hour);
    void write();

    /// Of all lists, the oldest first.
    [[nodiscard]] std::vector<Hour> hours() const;
    /// Files named in a list; some may be gone, or named twice.
    [[nodiscard]] std::vector<std::string> files(Hour hour) const;
    /// Leaves these in a list, or removes it if there are none.
    void replace(Hour hour, const std::vector<std::string>& files);

    [[nodiscard]] bool exists() const { return std::filesystem::exists(directory_); }

  private:
    [[nodiscard]] std::filesystem::path path_of(Hour hour) const;
    bool append(Hour hour, const std::string& text);

    Disk& disk_;
    std::filesystem::path directory_;
    Group group_;
    std::mutex mutex_;
    std::deque<std::pair<Hour, std::string>> noted_;
};

}  // namespace ci::store
