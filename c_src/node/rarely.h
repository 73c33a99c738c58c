// What happens again and again is told at once a few times, then rarely.
#pragma once

#include <algorithm>
#include <chrono>

namespace ci::node {

class Rarely {
  public:
    using Clock = std::chrono::steady_clock;

    static constexpr int at_once = 5;
    static constexpr auto between_lines = std::chrono::minutes(10);  ///< later ones

    /// Whether a line may be written now; if so, it counts.
    [[nodiscard]] bool may_tell(Clock::time_point now) {
        const auto earliest = now - at_once * between_lines;
        if (next_ < earliest) next_ = earliest;
        if (next_ + between_lines > now) return false;
        next_ += between_lines;
        return true;
    }

  private:
    /// The lines so far, as if each had taken its ten minutes.
    Clock::time_point next_ = Clock::time_point::min();
};

}  // namespace ci::node
