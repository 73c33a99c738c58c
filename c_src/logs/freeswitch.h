// FreeSWITCH's log: SIP as sofia-sip traces it, and FreeSWITCH's own lines of a channel.
//
// A decoder that goes on where an earlier one stopped begins at the earlier one's begin_of_open(),
// or before that, and is told how far the earlier one had read. Stamps have no dates: lines before
// that tell the date, else a DateScan from where it begins.
#pragma once

#include <memory>
#include <optional>

#include "logs/record.h"

namespace ci::logs {

/// FreeSWITCH's log levels, the most severe first (switch_log.c).
enum class Level : std::uint8_t { console, alert, crit, err, warning, notice, info, debug };
inline constexpr std::string_view level_names[] = {"CONSOLE", "ALERT",  "CRIT", "ERR",
                                                   "WARNING", "NOTICE", "INFO", "DEBUG"};

struct FreeswitchOptions {
    wire::Endpoint local;        ///< the trace names the remote end only
    std::uint64_t position = 0;  ///< of the first octet
    Calendar calendar;
    Level events = Level::info;  ///< lines of a channel that are less severe are no events
    /// The day of the first stamp as `DateScan` found it, in days since 1970. Empty: the newest day
    /// that the calendar allows, if no date stands above the stamp.
    std::optional<std::int64_t> first_day;
    /// Lines that begin before this were read by an earlier decoder: what they complete is neither
    /// counted nor handed over.
    std::uint64_t read_before = 0;
};

[[nodiscard]] std::unique_ptr<Decoder> freeswitch_decoder(FreeswitchOptions options,
                                                          RecordSink sink);

}  // namespace ci::logs
