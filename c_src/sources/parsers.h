// The sources that run now. Kazoo's users know them as parsers, by id: "127.0.0.1:9060".
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/hep_listener.h"

namespace ci::sources {

class Parsers {
  public:
    explicit Parsers(Sink sink) : sink_(std::move(sink)) {}

    /// The id of the parser that now listens there; one that already did is left as it is.
    wire::expected<std::string, SocketError> start_hep(HepOptions options);

    /// False: there is none of that id.
    bool stop(std::string_view id);

    /// Of one, or of all, and then of those that are started later, too. False: none of that id.
    bool set(Switch which, bool on, std::optional<std::string_view> id = {});

    /// Newest first.
    [[nodiscard]] std::vector<std::string> ids() const;

    struct Snapshot {
        std::string id;
        SwitchSettings switches{};
        std::uint64_t received = 0, stored = 0, events = 0, bytes = 0, kernel_dropped = 0;
        std::vector<std::pair<std::string_view, std::uint64_t>> refused, damaged;  ///< not zero
        wire::Micros last_seen = 0;
        int receive_buffer = 0;
        std::vector<Senders::View> senders;
        std::uint64_t senders_overflow = 0;
        std::uint64_t connections_open = 0, connections_accepted = 0;
        std::vector<std::pair<std::string_view, std::uint64_t>> connections_failed;  ///< not zero
    };
    /// All parsers, newest first, or the one of that id.
    [[nodiscard]] std::vector<Snapshot> snapshots(std::optional<std::string_view> id = {}) const;

  private:
    Sink sink_;
    mutable std::mutex mutex_;
    SwitchSettings switches_{true, true};                ///< of parsers that are started now
    std::vector<std::unique_ptr<HepListener>> running_;  ///< oldest first
};

}  // namespace ci::sources
