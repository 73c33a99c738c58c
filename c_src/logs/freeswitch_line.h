// FreeSWITCH's own line (switch_log.c): "[UUID ]2026-11-21 02:28:29.875042 98.50% [INFO]
// sofia.c:1234 TEXT". The percentage of idle time came in December 2019.
#pragma once

#include <optional>
#include <string_view>

#include "logs/freeswitch.h"
#include "logs/time.h"

namespace ci::logs {

struct FreeswitchLine {
    std::string_view
        id;  ///< the channel's UUID, which may be any Call-ID; empty: no channel's line
    CivilTime time;
    Level level = Level::debug;
    std::string_view text;  ///< from "[INFO]" on
    std::string_view said;  ///< the text without level and place in the source
};

/// Empty: the line does not begin as one of FreeSWITCH's own does.
[[nodiscard]] std::optional<FreeswitchLine> read_freeswitch_line(std::string_view line);

/// Where in the line one of FreeSWITCH's own begins: `date` and, before it, what may be the UUID.
struct GluedLine {
    std::size_t begin = 0;  ///< of the UUID if that can be told, else the same as `date`
    std::size_t date = 0;
};
[[nodiscard]] std::optional<GluedLine> find_freeswitch_line(std::string_view line);

}  // namespace ci::logs
