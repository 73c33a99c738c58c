// All observers' clocks against one common clock, from their own lines (arrivals.h) and from the
// differences of those that saw the same messages.
//
// The common clock follows the promptest observers. No observer's messages arrive before they are
// made, so each observer's line is a bound: its clock is at least so far ahead. Of the observers
// that are tied to each other, the one with the highest bound dates all.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "clocks/arrivals.h"
#include "clocks/delivery.h"
#include "clocks/track.h"
#include "order/observe/clock.h"
#include "wire/micros.h"

namespace ci::clocks {

/// What is known of an observer.
struct KnownClock {
    order::ClockPrior prior;
    Delivery delivery;
};

/// The receiver's stamp minus the sender's, over the messages of one direction.
struct Difference {
    Track track;  ///< its times are arrivals of the prompter reports
    /// How much later than the prompter report the newest reports arrived.
    wire::Micros sender_later = 0, receiver_later = 0;
};

/// Refers to what is added to it.
class TiedClocks {
  public:
    void add(std::string_view observer, const Arrivals& arrivals);
    /// `there`: of messages that the first one sent; `back`: of those that the second one sent.
    /// Null: no messages in that direction.
    void tie(std::string_view first, std::string_view second, const Difference& there,
             const Difference* back);

    /// Sorted by observer.
    [[nodiscard]] std::vector<KnownClock> known() const;

  private:
    /// From one observer to another.
    struct Tie {
        std::string_view other;
        wire::Micros ahead = 0;  ///< by how much the other's clock is ahead
        double drift = 0;
        wire::Micros spread = 0, since = 0, at = 0;
        std::uint64_t count = 0;
        wire::Micros later = 0;  ///< how much later than the prompter report the other's arrived
        bool was_set = false;    ///< one of the two clocks
    };
    struct Reached {
        order::ClockPrior prior;
        wire::Micros until = 0;  ///< until when all ties on the way are known
        wire::Micros later = 0;  ///< of the last tie
        bool was_set = false;    ///< one of the clocks on the way
    };
    using Group = std::map<std::string_view, Reached>;

    [[nodiscard]] Group reach_from(std::string_view root) const;
    [[nodiscard]] std::string_view promptest_of(std::string_view root, const Group& group) const;

    std::map<std::string_view, const Arrivals*> observers_;
    std::map<std::string_view, std::vector<Tie>> ties_;
};

}  // namespace ci::clocks
