// Splits what Kazoo's configuration of Kamailio logs into Call-ID, tag and text.
#pragma once

#include <cstdint>
#include <string_view>

namespace ci::logs {

/// What Kamailio prints for a variable that is not set.
inline constexpr std::string_view null_text = "<null>";

struct ScriptLine {
    enum class Is : std::uint8_t {
        said,        ///< the rest is set
        other,       ///< no line of the script: a module's, another program's
        other_tag,   ///< a line of the script that is about no message
        no_call_id,  ///< nor about a call
    };
    Is is = Is::other;
    std::string_view call_id;
    std::string_view tag;    ///< "start", "log", "pass", "failure", "end", "stop"; until Kazoo 4.3
    std::string_view route;  ///< "internal_reply"; since Kazoo 5.0
    std::string_view text;
};

/// `text`: a line without syslog's prefix, "INFO: <script>: CALLID|tag|text" until Kazoo 4.3,
/// "INFO: |CALLID|default.cfg:309 (log_request) text" since 5.0.
[[nodiscard]] ScriptLine read_script_line(std::string_view text) noexcept;

}  // namespace ci::logs
