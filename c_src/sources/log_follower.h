// Reads a log as it grows, over its rotations: renamed, copied and truncated, deleted and made
// anew, compressed. No octet is left out that is still on the disk, and none is read twice.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sources/log_file.h"
#include "sources/log_place.h"

namespace ci::sources {

class LogFollower {
  public:
    /// Begins at the file's first octet, or `replay` octets before `place`, so that what depends on
    /// earlier lines is known again. Without a place the file must be there.
    static wire::expected<LogFollower, net::SocketError> open(const std::string& path,
                                                              const std::optional<LogPlace>& place,
                                                              std::uint64_t from,
                                                              std::uint64_t replay);

    enum class Step : std::uint8_t {
        data,       ///< octets were read
        next_file,  ///< the file was read to its end, and another one follows
        idle        ///< there is nothing to read now
    };
    struct Read {
        Step step = Step::idle;
        std::string_view octets;  ///< in `to`
    };
    Read read(std::span<char> to);

    /// Calls `look` with the octets from here to the end of this file until it returns true.
    void look_ahead(const std::function<bool(std::string_view)>& look) const;

    /// Of the next octet.
    [[nodiscard]] std::uint64_t position() const noexcept { return base_ + offset_; }
    /// The position of this file's first octet.
    [[nodiscard]] std::uint64_t base() const noexcept { return base_; }
    /// The file that is being read, without the positions that only the reader of lines knows.
    [[nodiscard]] LogPlace place() const;
    [[nodiscard]] bool begins_in_the_middle() const noexcept { return begins_in_the_middle_; }
    /// When the file that is being read was written last.
    [[nodiscard]] wire::Micros modified() const;
    /// Octets that are known to be there and were not read yet; the log's whole size.
    [[nodiscard]] std::uint64_t unread() const;
    [[nodiscard]] std::uint64_t size() const { return position() + unread(); }
    /// Another file has the name: it is read soon, whether something changes or not.
    [[nodiscard]] bool is_turning() const noexcept { return quiet_since_.has_value(); }
    /// Why nothing more comes; empty: all is well.
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }
    /// What an operator should know of, once: octets that cannot be found any more.
    [[nodiscard]] std::string extract_notice() { return std::exchange(notice_, {}); }

  private:
    using Clock = std::chrono::steady_clock;

    explicit LogFollower(std::string path) : path_(std::move(path)) {}
    void resume(const LogPlace& place, std::uint64_t from, std::uint64_t replay);
    [[nodiscard]] std::string hint() const;
    bool has_missed();
    bool resume_in(const RotatedLog& log, std::uint64_t offset);
    bool resume_behind(const LogPlace& place);
    void start_live(LogFile file, std::uint64_t base);
    bool open_rotated(const RotatedLog& log);
    Read read_rotated(std::span<char> to);
    Read read_live(std::span<char> to);
    [[nodiscard]] bool is_cut();
    Read follow_cut();
    Read follow_name();
    Read next_file();
    Read soon();

    std::string path_;
    std::optional<LogFile> live_;       ///< may grow: the named file, or one that had the name
    std::optional<PackedFile> packed_;  ///< a compressed file; then `live_` is empty
    std::string packed_path_;
    /// The file that is read now, or that was read last: where the next one is looked for.
    ReadLog current_;
    std::uint64_t base_ = 0, offset_ = 0;
    std::string before_;      ///< the beginning of the file that was read before this one
    bool was_empty_ = false;  ///< when this file was opened: it may have been filled and cut since
    bool begins_in_the_middle_ = false;
    std::optional<Clock::time_point> quiet_since_;  ///< another file follows, and this one rests
    std::uint64_t quiet_size_ = 0;
    std::string trouble_, notice_;
};

}  // namespace ci::sources
