// The sources that run now. Kazoo's users know them as parsers, by id: "127.0.0.1:9060",
// "capture:eth0".
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/hep_listener.h"
#include "sources/packet_capture.h"

namespace ci::sources {

class Parsers {
  public:
    Parsers(Sink sink, Notice notice) : sink_(std::move(sink)), notice_(std::move(notice)) {}

    /// The id of the parser that now listens there; one that already did is left as it is, and one
    /// that is just being stopped is waited for.
    wire::expected<std::string, net::SocketError> start_hep(HepOptions options);
    wire::expected<std::string, net::SocketError> start_capture(CaptureOptions options);

    /// False: there is none of that id.
    bool stop(std::string_view id);

    /// Of one, or of all, and then of those that are started later, too. False: none of that id.
    bool set(Switch which, bool on, std::optional<std::string_view> id = {});

    /// Newest first.
    [[nodiscard]] std::vector<std::string> ids() const;

    /// What sources that are started now begin with.
    [[nodiscard]] SwitchSettings switches() const;

    struct Snapshot {
        std::string id;
        std::string_view type;
        SwitchSettings switches{};
        std::uint64_t received = 0, stored = 0, events = 0, bytes = 0, kernel_dropped = 0;
        Counted refused, damaged, pieces;
        wire::Micros last_seen = 0;
        int receive_buffer = 0;
        std::vector<Senders::View> senders;
        std::uint64_t senders_overflow = 0;
        std::uint64_t connections_open = 0, connections_accepted = 0;
        Counted connections_failed;
        std::optional<FrameStats> frames;  ///< of a capture
    };
    [[nodiscard]] static Snapshot snapshot(const Source& source);
    /// All parsers, newest first, or the one of that id.
    [[nodiscard]] std::vector<Snapshot> snapshots(std::optional<std::string_view> id = {}) const;

  private:
    [[nodiscard]] bool is_stopping(const std::string& id) const;
    template <class Start>
    wire::expected<std::string, net::SocketError> start(const std::string& id, Start start);

    Sink sink_;
    Notice notice_;
    mutable std::mutex mutex_;
    std::condition_variable stopped_;
    std::vector<std::string> stopping_;             ///< ids whose sockets may still be open
    SwitchSettings switches_{true, true};           ///< of parsers that are started now
    std::vector<std::unique_ptr<Source>> running_;  ///< oldest first
};

}  // namespace ci::sources
