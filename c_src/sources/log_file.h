// A log on the disk, under the name that it has now or had before a rotation.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "net/socket_error.h"
#include "os/descriptor.h"
#include "sources/log_place.h"
#include "sources/packed_file.h"
#include "wire/micros.h"
#include "wire/result.h"

namespace ci::sources {

/// An open file that may still grow.
class LogFile {
  public:
    /// Refuses what is not a regular file, in words for an operator.
    static wire::expected<LogFile, net::SocketError> open(const std::string& path);

    struct State {
        FileIdentity file;
        std::uint64_t size = 0;
        wire::Micros modified = 0;
        bool is_named = false;  ///< a directory still has a name for it
    };
    [[nodiscard]] State state() const;
    /// Reads from `offset` on. Returns 0 at the end of the file, and -1 with errno.
    [[nodiscard]] ssize_t read(std::uint64_t offset, std::span<char> to) const;
    /// The first octets, at most `beginning_size`.
    [[nodiscard]] std::string beginning() const;

  private:
    explicit LogFile(os::Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
    os::Descriptor descriptor_;
};

/// A file that a rotation has put aside. It does not grow any more, and may be compressed.
struct RotatedLog {
    std::string path;
    FileIdentity file;
    std::uint64_t size = 0;
    wire::Micros modified = 0;
    friend bool operator==(const RotatedLog&, const RotatedLog&) = default;
};

/// The files beside `path` whose names a rotation would give, the oldest first: "x.log.1",
/// "x.log-20261128", "x-20261128.log", "x.log.2026-11-28-02-28-29.1", each also with ".gz" or
/// ".zst"; of a link to a day's file those of other days, too. What is being compressed counts
/// once.
[[nodiscard]] std::vector<RotatedLog> rotated_logs(const std::string& path);

/// The newest file beside `path` that a rotation put aside and that this program cannot unpack, as
/// a line for the log; empty: there is none.
[[nodiscard]] std::string unreadable_rotations(const std::string& path);

/// Its first octets, at most `beginning_size`; empty if it cannot be read.
[[nodiscard]] std::string beginning_of(const RotatedLog& log);

/// Which of them began so and has at least `size` octets: the file itself or a copy of it. Its
/// index, or the list's size.
[[nodiscard]] std::size_t find_rotated(const std::vector<RotatedLog>& logs,
                                       std::string_view beginning, std::uint64_t size);

/// A log that was read to its end: which file it was, how it begins, and when it was written last.
struct ReadLog {
    FileIdentity file;
    std::string beginning;
    wire::Micros modified = 0;
};
/// The first of them with content that was written after `last`, whose file may have been renamed,
/// compressed or deleted since. Copies of `last` are passed over.
[[nodiscard]] std::optional<RotatedLog> next_rotated(const std::vector<RotatedLog>& logs,
                                                     const ReadLog& last);

/// Reads over the first octets. False: the file has fewer, or cannot be read.
[[nodiscard]] bool skip(PackedFile& file, std::uint64_t octets);

/// True for files on a network, of whose changes by other hosts inotify does not tell.
[[nodiscard]] bool is_on_network(const std::string& path) noexcept;

}  // namespace ci::sources
