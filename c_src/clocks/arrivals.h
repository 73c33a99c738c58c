// One observer's clock against the collector's, from the stamps and arrivals of its messages.
//
// An arrival bounds the time of a message from one side: nothing arrives before it is sent, but any
// message may arrive late. So the line of the clock goes through the promptest messages, and
// messages below it are late. A link that becomes late is told from a clock that was set back by
// the stamps: a link never makes stamps go back, a clock that was set back does, unless the
// observer was silent for as long as the step. A silence that is unusual and as long as the delay
// shows a link that became late.
#pragma once

#include <cstdint>

#include "clocks/delivery.h"
#include "clocks/track.h"
#include "wire/micros.h"

namespace ci::clocks {

class Arrivals {
  public:
    void add(wire::Micros stamp, wire::Micros arrival);
    void merge(const Track& line, const Delays& delays);

    /// Stamp minus arrival of the promptest messages.
    [[nodiscard]] const Track& line() const { return line_; }
    /// How late messages were against that line.
    [[nodiscard]] const Delays& delays() const { return delays_; }

  private:
    /// Messages that arrived before the line says that they were sent.
    struct Early {
        std::uint64_t count = 0, all = 0;
        wire::Micros since = 0, least = 0;
        bool was_steady = false;  ///< arrivals kept step with the stamps until then
    };
    /// Messages that arrived late, or that a clock stamped that was set back.
    struct Late {
        bool is_on = false;
        wire::Micros since = 0;
        bool went_back = false;  ///< the stamps, when it began
        bool is_link = false;    ///< a silence as long as the delay came before
        /// Messages in a row that are equally late.
        std::uint64_t equal = 0;
        wire::Micros equal_since = 0, equal_to = 0;
        /// The greatest stamp minus arrival of this half hour and of the one before.
        wire::Micros half_since = 0, best = 0, best_before = 0;
        bool has_before = false;
    };

    void early(wire::Micros sample, wire::Micros arrival, wire::Micros off);
    void late(wire::Micros stamp, wire::Micros arrival, wire::Micros off);
    void begin_anew(wire::Micros arrival, wire::Micros sample, wire::Micros since);

    Track line_;
    Delays delays_;
    Early early_;
    Late late_;
    wire::Micros steady_since_ = 0;
    wire::Micros usual_gap_ = 0;  ///< between prompt messages
};

}  // namespace ci::clocks
