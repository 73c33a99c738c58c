// Phones tell of a call's sound by PUBLISH (RFC 6035), under a Call-ID of its own: what they tell
// is kept as an event of the call that it names, too.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "chunk/chunk.h"
#include "os/mutex.h"

namespace ci::inspector {

/// What a PUBLISH tells of another dialogue.
struct QualityReport {
    std::string call_id;  ///< that it names
    std::string label, lines;
    std::string key;  ///< the same on each hop, by each observer, and in retransmissions
    wire::Endpoint teller;
};
/// Empty: it tells of no other dialogue.
[[nodiscard]] std::optional<QualityReport> quality_report_in(const chunk::Draft& draft);

/// Remembers which reports came lately, as each is seen by several observers on several hops.
class QualityReports {
  public:
    /// A report that did not come lately.
    [[nodiscard]] std::optional<QualityReport> take(const chunk::Draft& draft);

  private:
    static constexpr std::size_t most_remembered = 1'024;

    os::Mutex mutex_;
    std::array<std::uint64_t, most_remembered> latest_ GUARDED_BY(mutex_){};
    std::size_t next_ GUARDED_BY(mutex_) = 0;
};

/// The event that the report becomes. It points into both.
[[nodiscard]] chunk::Draft event_of(const QualityReport& report, const chunk::Draft& told_by);

}  // namespace ci::inspector
