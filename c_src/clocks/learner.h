// Learns each observer's clock from all that comes in: from every message against its arrival, and,
// far closer, from every message that two observers saw (clock_table.h).
//
// Bounded in memory and in time: of very much traffic it looks at a part only, the same messages
// whichever observer reports them, and it remembers so many of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "clocks/clock_table.h"
#include "wire/micros.h"

namespace ci::clocks {

class Learner {
  public:
    /// Messages looked at in a second, about.
    static constexpr std::size_t per_second = 4'000;
    /// Messages remembered until another observer reports them.
    static constexpr std::size_t remembered = 1U << 15U;
    /// Another observer's report of a message comes within this, or is another transmission.
    static constexpr wire::Micros within = 10'000'000;

    Learner() : recent_(remembered) {}

    /// Live traffic, as it arrives. From any thread.
    void take(std::span<const chunk::Draft> drafts);

    /// What was learnt in former times.
    void restore(std::span<const clocks::ClockTable::Row> rows);
    /// A copy, to look at while more is learnt.
    [[nodiscard]] clocks::ClockTable table() const;

  private:
    struct Recent {
        std::uint64_t identity = 0;
        wire::Micros stamp = 0, arrival = 0;
        std::uint32_t observer = 0;
        bool is_repeated = false;  ///< by its own observer: nobody knows which is which
    };

    void count(wire::Micros arrival);
    void learn(const chunk::Draft& draft, std::uint64_t identity);
    std::uint32_t number_of(std::string_view observer);

    std::atomic<unsigned> shift_ = 0;  ///< one of 2^shift messages is looked at
    mutable std::mutex mutex_;
    clocks::ClockTable table_;
    std::vector<Recent> recent_;  ///< by identity; the latest stays
    std::map<std::string, std::uint32_t, std::less<>> numbers_;
    std::vector<std::string_view> names_;  ///< keys of numbers_
    wire::Micros second_ = 0;
    std::size_t in_this_second_ = 0;
};

}  // namespace ci::clocks
