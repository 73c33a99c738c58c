// What others tell of the media of a call: RTCP and reports of agents that come by HEP
// (docs/formats.md, Events), X-RTP-Stat and P-RTP-Stat of phones, quality reports (RFC 6035).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "calls/course/course.h"

namespace ci::calls {

/// How one stream of media was received, by one who told of it: the mean of what it told.
struct Sound {
    std::string from, to;  ///< hosts at the stream's ends; empty: unknown
    std::string told_by;   ///< the host that heard it, or whose agent saw it pass
    std::string source;    ///< "RTCP", "report", "X-RTP-Stat", "P-RTP-Stat", "RFC 6035"
    std::size_t leg = none;
    std::optional<double> mos;
    std::optional<double> loss;       ///< percent of the packets
    std::optional<double> jitter;     ///< milliseconds
    std::vector<std::size_t> events;  ///< where it is told: places in the messages of an answer
};

/// In the order in which they were told first; at most `most_sounds`.
[[nodiscard]] std::vector<Sound> sounds_of(const Course& course);

/// Streams beyond these are not told: who sends reports chooses their addresses.
inline constexpr std::size_t most_sounds = 100;

}  // namespace ci::calls
