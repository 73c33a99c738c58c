// The calls that an operator wants kept: one file ROOT/.pins/MD5 each, which holds the Call-ID.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "os/mutex.h"
#include "store/disk/permissions.h"
#include "wire/hash.h"

namespace ci::store {

inline constexpr std::string_view pins_name = ".pins";

class Pins {
  public:
    Pins(Disk& disk, const std::filesystem::path& root, Group group);

    /// The pin is on the medium when this returns, so that a machine's crash cannot lose a pinned
    /// call.
    [[nodiscard]] Error pin(std::string_view call_id);
    [[nodiscard]] Error unpin(std::string_view call_id);

    /// True also while the pins cannot be read: an unreadable directory must not cost a pinned
    /// call.
    [[nodiscard]] bool has(const std::string& relative) const;
    /// The pinned calls' files, "aa/bb/rest".
    [[nodiscard]] std::vector<std::string> all() const;
    /// Why the pins cannot be read.
    [[nodiscard]] Error problem() const;
    /// Reads the pins again if that failed before.
    void reread();

  private:
    void read();

    Disk& disk_;
    std::filesystem::path directory_;
    Group group_;
    os::Mutex changing_;       ///< held during disk operations
    mutable os::Mutex mutex_;  ///< never held during disk operations
    std::unordered_set<std::string, wire::TextHash> files_ GUARDED_BY(mutex_);
    Error error_ GUARDED_BY(mutex_);  ///< set if the directory could not be read
};

}  // namespace ci::store
