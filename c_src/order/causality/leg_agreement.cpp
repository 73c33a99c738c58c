#include "order/causality/leg_agreement.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>

#include "order/causality/late_stamps.h"
#include "order/causality/same_clock.h"

namespace ci::order {
namespace {

using wire::Micros;

/// The error of idle senders' stamps.
constexpr Micros stamped_at_once = 1'000;

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
                 const Transmissions& transmissions, const std::vector<Edge>& within,
                 const std::vector<bool>& timed)
        : observations_(observations),
          timebase_(timebase),
          all_(transmissions.all),
          timed_(timed),
          stamps_late_(observations.observers.size()) {
        for (std::size_t i = 0; i < timebase.late.size(); ++i) {
            if (timebase.late[i]) stamps_late_[observations.all[i].observer] = true;
        }
        for (const Edge& edge : within) {
            if (edge.hard) note_late_stamps(all_[edge.cause], all_[edge.effect]);
        }
    }

    /// Whether the cause may be besides all those that were accepted before.
    bool accept(const LegCause& one) {
        const Transmission& cause = all_[one.cause];
        const Transmission& effect = all_[one.effect];
        if (cause.firm == effect.firm || !timed_[one.cause] || !timed_[one.effect]) return true;
        // The shift is that of the group with the greater number.
        Shift& shift = shifts_[std::minmax(cause.firm, effect.firm)];
        Shift narrowed = shift;
        if (cause.firm < effect.firm) {
            narrowed.least = std::max(shift.least, cause.at - effect.at);
        } else {
            narrowed.most = std::min(shift.most, effect.at - cause.at);
        }
        const bool late = stamps_late(cause) || stamps_late(effect);
        const Micros too_much = narrowed.least - narrowed.most;
        if (too_much > (late ? stamped_late : stamped_at_once)) {
            return is_far(cause, effect) && !(has_clock(cause) && has_clock(effect));
        }
        shift = narrowed;
        return true;
    }

  private:
    /// By one clock no cause comes after its effect, unless its stamp is late.
    void note_late_stamps(const Transmission& cause, const Transmission& effect) {
        for_each_shared_epoch(timebase_, cause.observations, effect.observations,
                              [&](std::uint32_t i, std::uint32_t k) {
                                  const Epoch& epoch = timebase_.epochs[timebase_.epoch[i]];
                                  if (!epoch.has_clock || timebase_.times[i] <= timebase_.times[k])
                                      return;
                                  stamps_late_[epoch.observer] = true;
                              });
    }
    /// Arrivals this far apart came over a late link: what lies between them is no time either.
    [[nodiscard]] static bool is_far(const Transmission& one, const Transmission& other) {
        constexpr Micros far = 5'000'000;
        return std::abs(one.arrival - other.arrival) > far;
    }
    [[nodiscard]] bool has_clock(const Transmission& one) const {
        return std::any_of(one.observations.begin(), one.observations.end(), [&](std::uint32_t i) {
            return timebase_.epochs[timebase_.epoch[i]].has_clock;
        });
    }
    [[nodiscard]] bool stamps_late(const Transmission& one) const {
        return std::any_of(one.observations.begin(), one.observations.end(), [&](std::uint32_t i) {
            return stamps_late_[observations_.all[i].observer];
        });
    }
    struct Shift {
        Micros least = -2 * latest_time, most = 2 * latest_time;
    };

    const Observations& observations_;
    const Timebase& timebase_;
    const std::vector<Transmission>& all_;
    const std::vector<bool>& timed_;
    std::vector<bool> stamps_late_;                                    ///< by observer
    std::map<std::pair<std::uint32_t, std::uint32_t>, Shift> shifts_;  ///< by pair of groups
};

}  // namespace

std::vector<bool> timed_transmissions(const Observations& observations, const Timebase& timebase,
                                      const Transmissions& transmissions) {
    const auto tells = [&](std::uint32_t i) {
        const Epoch& epoch = timebase.epochs[timebase.epoch[i]];
        return epoch.has_clock || !(epoch.bunched || observations.uneven[epoch.observer]);
    };
    std::vector<bool> timed;
    for (const Transmission& one : transmissions.all) {
        timed.push_back(std::any_of(one.observations.begin(), one.observations.end(), tells));
    }
    return timed;
}

void keep_agreeing(std::vector<LegCause>& causes, const Observations& observations,
                   const Timebase& timebase, const Transmissions& transmissions,
                   const std::vector<Edge>& within, const std::vector<bool>& timed) {
    std::stable_sort(causes.begin(), causes.end(),
                     [](const LegCause& a, const LegCause& b) { return doubt(a) < doubt(b); });
    LegAgreement agreement(observations, timebase, transmissions, within, timed);
    std::erase_if(causes, [&](const LegCause& one) { return !agreement.accept(one); });
}

}  // namespace ci::order
