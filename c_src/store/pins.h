// Calls that are to be kept: ROOT/.pins/MD5 for each, which holds its Call-ID.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "store/access.h"
#include "wire/hash.h"

namespace ci::store {

inline constexpr std::string_view pins_name = ".pins";

class Pins {
  public:
    Pins(Disk& disk, const std::filesystem::path& root, Group group);

    /// Empty, or why it could not be done.
    std::string pin(std::string_view call_id);
    std::string unpin(std::string_view call_id);

    [[nodiscard]] bool has(const std::string& relative) const;
    [[nodiscard]] bool empty() const;

  private:
    Disk& disk_;
    std::filesystem::path directory_;
    Group group_;
    mutable std::mutex mutex_;
    std::unordered_set<std::string, wire::TextHash> files_;  ///< "aa/bb/rest"
};

}  // namespace ci::store
