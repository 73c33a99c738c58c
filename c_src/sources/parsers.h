// The running sources. Kazoo's users call them parsers and name them by id: "127.0.0.1:9060",
// "capture:eth0".
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "os/mutex.h"
#include "sources/hep_listener.h"
#include "sources/log_parser.h"
#include "sources/packet_capture.h"

namespace ci::sources {

class Parsers {
  public:
    /// `log_store` must outlive the parsers.
    Parsers(Sink sink, LogStore& log_store, Notice notice)
        : sink_(std::move(sink)), log_store_(log_store), notice_(std::move(notice)) {}

    /// Starts a parser and returns its id. A parser with that id that already runs stays as it is;
    /// one that is being stopped is waited for.
    wire::expected<std::string, net::SocketError> start_hep(HepOptions options);
    wire::expected<std::string, net::SocketError> start_capture(CaptureOptions options);
    wire::expected<std::string, net::SocketError> start_log(LogOptions options);

    /// False: no parser has that id.
    bool stop(std::string_view id);

    /// Turns a switch of one parser; or of all, and of those that are started later. False: no
    /// parser has that id.
    bool set(Switch which, bool on, std::optional<std::string_view> id = {});

    /// Newest first.
    [[nodiscard]] std::vector<std::string> ids() const;

    /// The switches with which new parsers start.
    [[nodiscard]] SwitchSettings switches() const;

    struct Snapshot {
        std::string id;
        std::string_view type;
        std::chrono::seconds age{};  ///< since it was started
        SwitchSettings switches{};
        std::uint64_t received = 0, stored = 0, events = 0, bytes = 0, kernel_dropped = 0;
        Counted refused, damaged, pieces;
        wire::Micros last_seen = 0;
        int receive_buffer = 0;
        std::vector<Senders::View> senders;
        std::uint64_t senders_overflow = 0;
        std::uint64_t connections_open = 0, connections_accepted = 0;
        Counted connections_failed;
        std::optional<FrameStats> frames;  ///< captures only
        std::optional<LogStats> log;       ///< logs only
    };
    [[nodiscard]] static Snapshot snapshot(const Source& source);
    /// All parsers, newest first; or the one with that id.
    [[nodiscard]] std::vector<Snapshot> snapshots(std::optional<std::string_view> id = {}) const;

  private:
    [[nodiscard]] bool is_stopping(const std::string& id) const REQUIRES(mutex_);
    template <class Start>
    wire::expected<std::string, net::SocketError> start(const std::string& id, Start start);

    Sink sink_;
    LogStore& log_store_;
    Notice notice_;
    mutable os::Mutex mutex_;
    os::Condition stopped_;
    std::vector<std::string> stopping_ GUARDED_BY(mutex_);    ///< ids; their sockets may be open
    SwitchSettings switches_ GUARDED_BY(mutex_){true, true};  ///< for new parsers
    std::vector<std::unique_ptr<Source>> running_ GUARDED_BY(mutex_);  ///< oldest first
};

}  // namespace ci::sources
