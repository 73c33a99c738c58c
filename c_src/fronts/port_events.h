// Events that wait for the credit of the port's owner. Their number is bounded; the oldest are
// dropped.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace ci::fronts {

class PortEvents {
  public:
    using Clock = std::chrono::steady_clock;

    PortEvents(std::size_t most, std::size_t max_bytes) : max_(most), max_bytes_(max_bytes) {}

    /// Adds an event. Returns a line for the owner's log if events were dropped, at most one a
    /// minute.
    std::optional<std::string> add(std::string exchange, std::string key, std::string body,
                                   Clock::time_point now);
    void grant(std::uint64_t events) noexcept;

    /// Appends the frames that the credit allows.
    void append_granted(std::string& out);

    /// From any thread.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  private:
    struct Event {
        std::string exchange, key, body;
        [[nodiscard]] std::size_t size() const {
            return exchange.size() + key.size() + body.size();
        }
    };
    std::optional<std::string> complain(Clock::time_point now);

    std::size_t max_, max_bytes_;
    std::deque<Event> events_;
    std::size_t bytes_ = 0;  ///< of all events
    std::uint64_t credit_ = 0, seq_ = 0;
    std::atomic<std::uint64_t> dropped_ = 0;
    std::uint64_t told_ = 0;  ///< how many of the dropped ones the log has reported
    std::optional<Clock::time_point> told_at_;
};

}  // namespace ci::fronts
