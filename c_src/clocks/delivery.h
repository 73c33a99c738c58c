// How late an observer's messages arrive.
//
// A message arrives late if a link or an agent holds it back: TCP that buffers, a log that is
// shipped every 30 s, an agent that spools while the collector is away. The delay is measured
// against the promptest messages of the same observer, so that a delay common to all of them is
// added from outside, where other observers show it (clock_table.h).
//
// Bounded: `slots` slots for each observer. Pure: it reads no clock.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "wire/micros.h"

namespace ci::clocks {

struct Delivery {
    /// The first that holds, in the order of growing, batches, spooled, late, prompt.
    enum class Kind : std::uint8_t {
        prompt,   ///< the median is below `late_from`
        late,     ///< the median is not
        batches,  ///< the delay rose and fell by `bump` three times, and often
        growing,  ///< each of the last six slots was later than the one before, by `bump` in all
        spooled   ///< a delay of `long_delay` ended not long ago
    };
    Kind kind = Kind::prompt;
    wire::Micros median = 0, worst = 0;  ///< of the recent past
    /// Other observers of the same messages show the whole delay. False: nothing shows a delay that
    /// all messages of this observer have in common.
    bool by_others = false;
};
inline constexpr std::string_view delivery_names[] = {"prompt", "late", "batches", "growing",
                                                      "spooled"};

inline constexpr wire::Micros late_from = 150'000;
inline constexpr wire::Micros bump = 500'000;
inline constexpr wire::Micros long_delay = 10'000'000;

/// The delays of one observer's recent messages. Each slot stands for 20 s of arrivals, so that a
/// burst counts no more than a quiet time of the same length. Times without arrivals have no slot;
/// nothing older than an hour counts.
class Delays {
  public:
    static constexpr std::size_t slots = 32;
    static constexpr std::size_t falls_for_batches = 3;

    struct Slot {
        wire::Micros at = 0;      ///< when it began
        wire::Micros middle = 0;  ///< the median delay of its messages
        wire::Micros least = 0, most = 0;
    };
    /// The end of a delay.
    struct Fall {
        wire::Micros at = 0, from = 0;
    };

    void add(wire::Micros arrival, wire::Micros delay);
    /// Every delay was longer by this than was thought.
    void lengthen(wire::Micros by);
    /// `common`: the delay that all messages have in common. `since`: what arrived before was
    /// stamped before the clock was set, and does not count.
    [[nodiscard]] Delivery judge(wire::Micros common, wire::Micros since) const;

    /// To be kept, the oldest first.
    [[nodiscard]] std::span<const Slot> kept_slots() const { return {slots_.data(), used_}; }
    [[nodiscard]] std::span<const Fall> kept_falls() const { return {falls_.data(), fallen_}; }
    /// Appends what was kept. More than there is room for displaces the oldest.
    void restore(const Slot& slot);
    void restore(const Fall& fall);

  private:
    struct Sample;
    void begin(const Slot& slot);
    static wire::Micros median_of(std::span<const Sample> samples);
    [[nodiscard]] bool is_growing(std::span<const Slot> recent) const;
    void sample(wire::Micros arrival, wire::Micros delay);
    void follow(wire::Micros arrival, wire::Micros delay);

    std::array<Slot, slots> slots_{};
    std::size_t used_ = 0;
    /// Delays of a slot's messages: of all, or of so many of them.
    struct Sample {
        std::array<wire::Micros, 15> delays{};
        std::uint64_t of = 0;  ///< messages

        [[nodiscard]] std::span<const wire::Micros> kept() const {
            return std::span(delays).first(std::min<std::size_t>(of, delays.size()));
        }
    };
    std::array<Sample, slots> samples_{};  ///< by slot
    std::array<Fall, falls_for_batches> falls_{};
    std::size_t fallen_ = 0;
    bool is_falling_ = false;  ///< since the last fall the delay has not risen
    wire::Micros turn_ = 0;    ///< the highest delay before a fall, or the lowest after it
};

}  // namespace ci::clocks
