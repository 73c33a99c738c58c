// Who tried to log in and failed. Guessing a cookie is made slow: an address that failed several
// times waits before it is answered. The waits are short, so that a right login from the same
// address gets through.
//
// Not locked: only the event loop's thread uses it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace ci::node {

class Logins {
  public:
    using Clock = std::chrono::steady_clock;

    /// How long a client from there waits before it is answered.
    [[nodiscard]] std::chrono::milliseconds wait(const std::string& address,
                                                 Clock::time_point now) const;

    struct Report {
        bool is_due = false;      ///< a line for the log: one a minute from an address, 30 from all
        std::uint64_t since = 0;  ///< failures since the last line, this one included
    };
    [[nodiscard]] Report failed(const std::string& address, Clock::time_point now);

    [[nodiscard]] std::uint64_t failures() const noexcept { return failures_; }

  private:
    struct Failures {
        double recent = 0;  ///< decays by one a second
        Clock::time_point last;
        Clock::time_point told;
        std::uint64_t untold = 0;
        bool was_told = false;
    };
    [[nodiscard]] static double recent(const Failures& failures, Clock::time_point now);

    std::map<std::string, Failures> of_address_;
    std::uint64_t failures_ = 0;
    Clock::time_point minute_;
    std::size_t lines_ = 0;  ///< since then
};

}  // namespace ci::node
