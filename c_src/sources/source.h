// The interface of a source for listing, queries, switches and stopping. The destructor stops the
// source; packets received before are handed over first.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sources/receiver.h"

namespace ci::sources {

/// Names and counts, without counts of 0.
using Counted = std::vector<std::pair<std::string_view, std::uint64_t>>;

/// A capture's counters besides those of its messages.
struct FrameStats {
    std::uint64_t received = 0;
    Counted fates, losses;  ///< by packets::fate_names and loss_names
    std::uint64_t interruptions = 0;
    std::string interrupted;  ///< why it does not capture now; empty: it does
};

/// What the parser of a log tells besides.
struct LogStats {
    std::uint64_t size = 0;      ///< octets that are known to be there, rotated ones among them
    std::uint64_t position = 0;  ///< of these were read
    bool is_following = false;   ///< its end was reached: it reads what is appended
    double rate = 0;             ///< octets a second, while it reads
    wire::Micros newest = 0;     ///< the time of the last record; 0: none yet
    std::string trouble;         ///< why it does not read; empty: it does
    std::string polled;          ///< why it looks at the log so often; empty: inotify tells
    std::uint64_t known = 0;     ///< records that were stored before a kill, and not again
    std::uint64_t gaps = 0;      ///< times that a part of the log was not to be found
    Counted lines;               ///< what became of the lines
};

class Source {
  public:
    virtual ~Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    [[nodiscard]] virtual std::string_view type() const = 0;
    /// Bytes, as the kernel reports it; 0: no buffer.
    [[nodiscard]] virtual int receive_buffer() const = 0;
    /// Captures only.
    [[nodiscard]] virtual std::optional<FrameStats> frames() const { return std::nullopt; }

    /// Logs only.
    [[nodiscard]] virtual std::optional<LogStats> log() const { return std::nullopt; }

    /// How long ago it was started.
    [[nodiscard]] std::chrono::seconds age() const noexcept {
        return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() -
                                                                started_);
    }
    [[nodiscard]] const std::string& id() const noexcept { return receiver_.id(); }
    [[nodiscard]] const Senders& senders() const noexcept { return receiver_.senders(); }
    [[nodiscard]] Switches& switches() noexcept { return receiver_.switches(); }
    [[nodiscard]] const Switches& switches() const noexcept { return receiver_.switches(); }
    [[nodiscard]] const Counters& counters() const noexcept { return receiver_.counters(); }

  protected:
    template <class... Arguments>
    explicit Source(Arguments&&... arguments) : receiver_(std::forward<Arguments>(arguments)...) {}

    Receiver receiver_;

  private:
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace ci::sources
