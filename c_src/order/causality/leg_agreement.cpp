#include "order/causality/leg_agreement.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

namespace ci::order {
namespace {

using wire::Micros;

/// The error of idle senders' stamps.
constexpr Micros stamped_by = 1'000;

/// By Why; what may have a cause that nobody saw comes last.
constexpr std::array<int, 11> doubts = {
    0,  // called on
    4,  // rings
    2,  // answered
    3,  // refused
    2,  // tried next
    3,  // answered elsewhere
    1,  // given up
    1,  // hung up
    2,  // redirected
    2,  // transferred
    1,  // refreshed
};

int doubt(const LegCause& one) {
    return doubts[static_cast<std::size_t>(one.why)];
}

class LegAgreement {
  public:
    LegAgreement(const Observations& observations, const Timebase& timebase,
                 const Transmissions& transmissions)
        : observations_(observations), timebase_(timebase), all_(transmissions.all) {}

    /// Whether the cause may be besides all those that were accepted before.
    bool accept(const LegCause& one) {
        const Transmission& cause = all_[one.cause];
        const Transmission& effect = all_[one.effect];
        if (cause.firm == effect.firm || !has_time(cause) || !has_time(effect)) return true;
        // The shift is that of the group with the greater number.
        Shift& shift = shifts_[std::minmax(cause.firm, effect.firm)];
        Shift narrowed = shift;
        if (cause.firm < effect.firm) {
            narrowed.least = std::max(shift.least, cause.at - effect.at);
        } else {
            narrowed.most = std::min(shift.most, effect.at - cause.at);
        }
        if (narrowed.least > narrowed.most + stamped_by) return false;
        shift = narrowed;
        return true;
    }

  private:
    /// A report that came some time later than those before it tells no time.
    [[nodiscard]] bool has_time(const Transmission& one) const {
        return std::any_of(one.observations.begin(), one.observations.end(), [&](std::uint32_t i) {
            return timebase_.epochs[timebase_.epoch[i]].has_clock ||
                   !observations_.uneven[observations_.all[i].observer];
        });
    }

    struct Shift {
        Micros least = -2 * latest_time, most = 2 * latest_time;
    };

    const Observations& observations_;
    const Timebase& timebase_;
    const std::vector<Transmission>& all_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Shift> shifts_;  ///< by pair of groups
};

}  // namespace

void keep_agreeing(std::vector<LegCause>& causes, const Observations& observations,
                   const Timebase& timebase, const Transmissions& transmissions) {
    std::stable_sort(causes.begin(), causes.end(), [](const LegCause& a, const LegCause& b) {
        return doubt(a) < doubt(b);
    });
    LegAgreement agreement(observations, timebase, transmissions);
    std::erase_if(causes, [&](const LegCause& one) { return !agreement.accept(one); });
}

}  // namespace ci::order
