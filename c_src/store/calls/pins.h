// Calls that are to be kept: ROOT/.pins/MD5 for each, which holds its Call-ID.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "store/disk/permissions.h"
#include "wire/hash.h"

namespace ci::store {

inline constexpr std::string_view pins_name = ".pins";

class Pins {
  public:
    Pins(Disk& disk, const std::filesystem::path& root, Group group);

    /// Empty, or why it could not be done. On the medium when it returns: what was pinned must not
    /// go because a machine died.
    std::string pin(std::string_view call_id);
    std::string unpin(std::string_view call_id);

    /// Also while it cannot be told: what was pinned must not go for that.
    [[nodiscard]] bool has(const std::string& relative) const;
    /// Files, "aa/bb/rest".
    [[nodiscard]] std::vector<std::string> all() const;
    /// Why it cannot be told which calls are pinned; empty: it can.
    [[nodiscard]] std::string problem() const;
    /// Tries again to read what could not be read.
    void reread();

  private:
    void read();

    Disk& disk_;
    std::filesystem::path directory_;
    Group group_;
    std::mutex changing_;       ///< held while the disk is waited for
    mutable std::mutex mutex_;  ///< held for moments
    std::unordered_set<std::string, wire::TextHash> files_;
    int error_ = 0;  ///< an errno: the directory could not be read
};

}  // namespace ci::store
