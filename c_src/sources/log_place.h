// How far a log was read: a checkpoint that survives restarts, beside the store.
//
// A log's octets are counted on over its rotations, so that a position means one place for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/micros.h"

namespace ci::sources {

/// Which file it is, whatever its name is now.
struct FileIdentity {
    std::uint64_t device = 0, inode = 0;
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

struct LogPlace {
    FileIdentity file;
    std::string beginning;       ///< the file's first octets, at most `beginning_size`
    std::string before;          ///< the beginning of the file that was read before this one
    std::uint64_t base = 0;      ///< the position of the file's first octet
    std::uint64_t position = 0;  ///< all that was read up to here would survive a kill
    std::uint64_t open = 0;      ///< of what begins before `position`, this may be incomplete
    std::uint64_t safe = 0;      ///< all up to here would survive a power cut as well
    /// Nothing that begins from here on was stored. What begins between `safe` and here may have
    /// been, so it is looked for before it is stored.
    std::uint64_t untouched = 0;
    std::string boot;  ///< the machine's, when this was written
};
inline constexpr std::size_t beginning_size = 256;

/// One line of JSON.
[[nodiscard]] std::string to_text(const LogPlace& place, std::string_view path);
/// Empty: not such a text.
[[nodiscard]] std::optional<LogPlace> read_place(std::string_view text);

}  // namespace ci::sources
