// What happened in a call, in a few members: how it ended, who ended it, how long each part took,
// which host failed and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/course/course.h"
#include "calls/findings/finding.h"
#include "calls/findings/sound.h"
#include "calls/outcome.h"

namespace ci::calls {

/// Messages of one kind that were sent again on one hop.
struct Repeats {
    std::string from, to, what;  ///< "INVITE", "200 to INVITE"
    std::size_t count = 0;
};

/// What one leg's session descriptions agreed on at last, nearest to the caller. Codecs without
/// clock rates.
struct LegMedia {
    std::size_t leg = 0;
    std::vector<std::string> offered;
    std::string chosen;  ///< empty: nothing was agreed on
    bool has_dtmf = false, is_secure = false;
    std::size_t holds = 0;  ///< how often it was put on hold
};

struct Analysis {
    Outcome outcome = Outcome::in_progress;
    std::uint16_t final_status = 0;   ///< what who asked got; 0: nothing, or nobody saw it
    std::string final_reason;         ///< its reason phrase, then Reason and Warning
    std::string failing_host;         ///< empty: none failed, or it is not known
    std::string failure_location;     ///< "origination", "termination"; empty: nothing failed
    std::string reason;               ///< the root cause in a sentence; empty: nothing failed
    std::string_view originate_type;  ///< "phone", "carrier"; empty: unknown
    std::string_view terminate_type;
    std::string hung_up_by;  ///< "caller", "callee" or the host in between; empty: nobody
    std::optional<wire::Micros> post_dial_delay;  ///< INVITE to first 18x
    std::optional<wire::Micros> ring;             ///< first 18x to 2xx
    std::optional<wire::Micros> setup;            ///< INVITE to 2xx
    std::optional<wire::Micros> duration;         ///< 2xx to BYE
    std::vector<Repeats> retransmissions;
    std::vector<LegMedia> media;
    std::vector<Sound> quality;
    std::vector<Finding> findings;
};

/// `rules`: whose carriers and phones count; findings are told by `limits`.
[[nodiscard]] Analysis analysis_of(const Course& course, const FindingLimits& limits = {},
                                   const Rules& rules = {});

}  // namespace ci::calls
