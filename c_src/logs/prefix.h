// What stands in front of each record's text: "STAMP [HOST] PROGRAM[PID]: TEXT" as syslog and the
// journal write it, "NUMBER(PID) TEXT" as Kamailio writes to stderr, with or without a stamp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "logs/time.h"

namespace ci::logs {

struct Prefix {
    LogTime time;
    bool is_stamped = false;   ///< false: stderr has no stamps, and `time` is not set
    std::string_view host;     ///< may be missing
    std::string_view program;  ///< "kamailio", "/usr/sbin/kamailio", "freeswitch"; may be missing
    std::string_view pid;      ///< may be missing
    std::string_view text;     ///< what follows ": "
};

/// Reads prefixes with a stamp of RFC 3339 ("2026-11-21T02:43:15.985155+00:00": any number of
/// digits of a fraction; "Z", "+00:00", "+0000" or no zone) or of RFC 3164 ("Oct  4 20:58:22": no
/// year and no zone, sometimes a fraction). Its year is the newest in which there is such a day and
/// that puts it no more than a day after the newest time.
///
/// Remembers the last stamp's hour, as neighbouring lines have the same.
class PrefixReader {
  public:
    explicit PrefixReader(Calendar calendar) : calendar_(std::move(calendar)) {}
    void set(Calendar calendar);
    /// Lines that follow may have been written until `newest`.
    void reach(wire::Micros newest);

    /// Empty: the line has no such prefix.
    [[nodiscard]] std::optional<Prefix> read(std::string_view line);

  private:
    [[nodiscard]] bool read_hour(std::string_view line);
    [[nodiscard]] bool read_full_date(std::string_view line);
    [[nodiscard]] bool read_short_date(std::string_view line);
    [[nodiscard]] std::optional<wire::Micros> in_newest_year(CivilTime time) const;
    [[nodiscard]] wire::Micros local(const CivilTime& time) const;

    Calendar calendar_;
    // The last stamp up to its hour: "2026-11-21T02:", "Nov 21 02:"; and the hour's beginning.
    std::string hour_text_;
    CivilTime hour_;                     ///< year 0: the stamp does not tell
    std::optional<wire::Micros> local_;  ///< Unix time of the hour's beginning in the local zone
};

/// rsyslog writes a control character as "#" and three octal digits: the text with these as octets
/// again.
[[nodiscard]] std::string unescaped(std::string_view text);

}  // namespace ci::logs
