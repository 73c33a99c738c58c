// What syslog writes in front of each record: "STAMP [HOST] PROGRAM[PID]: TEXT".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "logs/time.h"

namespace ci::logs {

struct Prefix {
    LogTime time;
    std::string_view host;     ///< may be missing
    std::string_view program;  ///< "kamailio", "/usr/sbin/kamailio", "freeswitch"
    std::string_view pid;      ///< may be missing
    std::string_view text;     ///< what follows ": "
};

/// Reads prefixes with a stamp of RFC 3339 ("2026-11-21T02:43:15.985155+00:00", 0 to 9 digits of a
/// fraction, "Z" or an offset) or of RFC 3164 ("Oct  4 20:58:22", without year and zone: the newest
/// year that is not more than a day after the calendar's newest time). Remembers the last
/// stamp, as neighbouring lines have the same.
class PrefixReader {
  public:
    explicit PrefixReader(Calendar calendar) : calendar_(std::move(calendar)) {}
    void set(Calendar calendar);

    /// Empty: the line has no such prefix.
    [[nodiscard]] std::optional<Prefix> read(std::string_view line);

  private:
    Calendar calendar_;
    // The last stamp's text without its fraction, and its Unix time.
    std::string last_;
    LogTime last_time_;
};

/// rsyslog writes a control character as "#" and three octal digits: the text with these as octets
/// again.
[[nodiscard]] std::string unescaped(std::string_view text);

}  // namespace ci::logs
