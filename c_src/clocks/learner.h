// Learns each observer's clock from all traffic: roughly from the arrival of every message, and far
// more exactly from every message that two observers saw (clock_table.h).
//
// Bounded in memory and time: under heavy traffic the learner samples messages, the same ones
// whichever observer reports them, and remembers at most `remembered` of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "clocks/clock_table.h"
#include "os/mutex.h"
#include "wire/micros.h"

namespace ci::clocks {

class Learner {
  public:
    /// About how many messages a second are sampled.
    static constexpr std::size_t per_second = 4'000;
    /// Messages remembered until another observer reports them.
    static constexpr std::size_t remembered = 1U << 15U;
    /// A second observer's report counts as the same transmission if it arrives within this time,
    /// which a link may be late. Retransmissions have the same identity; those that the observer
    /// with the prompter link reports are recognized, and a few wrong pairs are outliers (Track).
    static constexpr wire::Micros within = 7'200'000'000;

    Learner() : recent_(remembered) {}

    /// Takes live traffic, as it arrives. May be called from any thread.
    void take(std::span<const chunk::Draft> drafts);

    /// Adds what was learnt before a restart.
    void restore(std::span<const clocks::ClockTable::Row> rows);
    /// A copy, so that learning goes on while the caller reads it.
    [[nodiscard]] clocks::ClockTable table() const;

  private:
    struct Recent {
        std::uint64_t identity = 0;
        wire::Micros stamp = 0, arrival = 0;
        std::uint32_t observer = 0;
        bool is_repeated = false;  ///< its own observer reported it again, so pairs are ambiguous
    };

    void count(wire::Micros arrival) REQUIRES(mutex_);
    void learn(const chunk::Draft& draft, std::uint64_t identity) REQUIRES(mutex_);
    std::uint32_t number_of(std::string_view observer) REQUIRES(mutex_);

    std::atomic<unsigned> shift_ = 0;  ///< one of 2^shift messages is sampled
    mutable os::Mutex mutex_;
    clocks::ClockTable table_ GUARDED_BY(mutex_);
    /// By identity; the latest message replaces the one before.
    std::vector<Recent> recent_ GUARDED_BY(mutex_);
    std::map<std::string, std::uint32_t, std::less<>> numbers_ GUARDED_BY(mutex_);
    std::vector<std::string_view> names_ GUARDED_BY(mutex_);  ///< keys of numbers_
    wire::Micros second_ GUARDED_BY(mutex_) = 0;
    std::size_t in_this_second_ GUARDED_BY(mutex_) = 0;
};

}  // namespace ci::clocks
