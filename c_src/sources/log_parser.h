// A source that reads a log file of Kamailio or FreeSWITCH in its own thread, from its beginning
// and then as it grows, and goes on after a restart where it stopped.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "logs/freeswitch.h"
#include "logs/record.h"
#include "os/mutex.h"
#include "sources/file_watch.h"
#include "sources/log_follower.h"
#include "sources/log_store.h"
#include "sources/source.h"

namespace ci::sources {

enum class LogKind : std::uint8_t { kamailio, freeswitch };

struct LogOptions {
    LogKind kind = LogKind::kamailio;
    std::string path;                            ///< absolute
    wire::Endpoint local{};                      ///< of the program that writes the log
    bool from_start = false;                     ///< at each start, as Kazoo's Call Inspector does
    logs::Level events = logs::Level::info;      ///< FreeSWITCH only
    std::optional<std::chrono::minutes> zone{};  ///< of stamps without one; empty: the machine's
    SwitchSettings switches{true, true};         ///< at the start
};

class LogParser : public Source {
  public:
    /// The file must be there, unless it was read before. `store` must outlive the parser.
    static wire::expected<std::unique_ptr<LogParser>, net::SocketError> start(
        const LogOptions& options, LogStore& store, Notice notice);

    /// Stops. What was read is stored or is read again by the next start.
    ~LogParser() override;
    LogParser(const LogParser&) = delete;
    LogParser& operator=(const LogParser&) = delete;

    [[nodiscard]] std::string_view type() const override;
    [[nodiscard]] int receive_buffer() const override { return 0; }
    [[nodiscard]] std::optional<LogStats> log() const override;

    /// The path, without "//" and "/./".
    static std::string id_of(const LogOptions& options);

  private:
    using Clock = std::chrono::steady_clock;

    LogParser(LogOptions options, std::optional<LogPlace> place, LogFollower follower,
              LogStore& store, Notice notice);
    void run(const std::stop_token& stop);
    void read(std::string_view octets);
    void begin_decoder(std::uint64_t position, std::string_view octets);
    [[nodiscard]] logs::Calendar calendar_of(wire::Micros newest) const;
    void take(const logs::Record& record);
    [[nodiscard]] bool is_live(std::uint64_t position) const noexcept;
    std::size_t keep(std::span<const chunk::Draft> drafts);
    void announce(std::uint64_t untouched);
    void set_place();
    void write_place();
    void tell_polling();
    void publish();

    LogOptions options_;
    LogFollower follower_;
    LogStore& store_;
    Notice notice_;
    std::stop_token stop_;
    std::unique_ptr<logs::Decoder> decoder_;
    bool skips_line_ = false;       ///< it begins in the middle of a line
    std::uint64_t resumed_at_ = 0;  ///< what was complete before this position is stored
    std::uint64_t doubtful_ = 0;    ///< records that begin before this position may be stored
    std::uint64_t untouched_ = 0;   ///< LogPlace::untouched, as it was written last
    std::uint64_t settled_ = 0;     ///< LogPlace::position
    std::uint64_t open_ = 0;        ///< LogPlace::open
    bool is_incomplete_ = false;    ///< the end came before all was stored
    /// Where the log ended when that was reached first: what comes later happens now.
    std::optional<std::uint64_t> live_from_;
    wire::Micros arrival_ = 0;  ///< of the last record
    wire::Micros newest_ = 0;
    std::uint64_t known_ = 0, gaps_ = 0;
    std::string boot_;
    std::string polled_;         ///< FileWatch::why_polling(), as it was told
    std::string place_trouble_;  ///< why the place cannot be written
    Clock::time_point place_set_{};
    struct Mark {
        Clock::time_point at{};
        std::uint64_t position = 0;
    };
    Mark safe_, next_safe_;  ///< written so long ago that a power cut spares it; and the next
    Mark pace_;
    double rate_ = 0;
    mutable os::Mutex mutex_;
    LogStats stats_ GUARDED_BY(mutex_);
    FileWatch watch_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace ci::sources
