#include "logs/kamailio_line.h"

#include <algorithm>

#include "sip/text.h"
#include "wire/text.h"

namespace ci::logs {
namespace {

using std::string_view;
using wire::npos;

// dprint.h of Kamailio.
constexpr string_view kamailio_levels[] = {
    "INFO: ", "NOTICE: ", "WARNING: ", "DEBUG: ", "ERROR: ", "CRITICAL: ", "ALERT: ", "BUG: "};
constexpr string_view script_tags[] = {"log", "start", "pass", "end", "stop", "failure"};
constexpr string_view script_prefix = "<script>: ";

bool take_level(string_view& text) noexcept {
    for (const auto level : kamailio_levels) {
        if (!text.starts_with(level)) continue;
        text = sip::trim_left(text.substr(level.size()));
        return true;
    }
    return false;
}

/// A line break at the end of a text: syslog has taken it off, or written it in octal digits.
string_view without_line_break(string_view text) noexcept {
    while (true) {
        text = sip::trim_right(text);
        if (!text.ends_with("#012") && !text.ends_with("#015") && !text.ends_with("#000")) {
            return text;
        }
        text.remove_suffix(4);
    }
}

/// "core [core/udp_server.c:154]: " stands in front of the text of a module.
bool names_source_file(string_view text) noexcept {
    return text.find(".c:") != npos || text.find(".h:") != npos;
}

bool is_call_id(string_view text) noexcept {
    return !text.empty() && text != null_text;
}

/// "CALLID|tag|text": the first known tag counts, as a Call-ID may hold bars.
ScriptLine read_tagged(string_view text) noexcept {
    ScriptLine line;
    line.is = text.find('|') == npos ? ScriptLine::Is::no_call_id : ScriptLine::Is::other_tag;
    for (auto bar = text.find('|'); bar != npos; bar = text.find('|', bar + 1)) {
        const auto rest = text.substr(bar + 1);
        for (const auto tag : script_tags) {
            if (!rest.starts_with(tag) || rest.size() == tag.size() || rest[tag.size()] != '|') {
                continue;
            }
            line.call_id = sip::trim(text.substr(0, bar));
            line.tag = tag;
            line.text = rest.substr(tag.size() + 1);
            line.is = is_call_id(line.call_id) ? ScriptLine::Is::said : ScriptLine::Is::no_call_id;
            return line;
        }
    }
    return line;
}

/// Takes "default.cfg:309 (log_request) " off the front.
bool take_place(string_view& text, string_view& route) noexcept {
    const auto blank = text.find_first_of(" |");
    if (blank == npos || text[blank] != ' ') return false;
    const auto place = text.substr(0, blank);
    const auto colon = place.rfind(':');
    if (colon == npos || colon == 0 || colon + 1 == place.size()) return false;
    const auto number = place.substr(colon + 1);
    if (!std::all_of(number.begin(), number.end(), sip::is_digit)) return false;
    const auto rest = text.substr(blank + 1);
    const auto close = rest.find_first_of(")|");
    if (!rest.starts_with('(') || close == npos || rest[close] != ')') return false;
    route = rest.substr(1, close - 1);
    text = sip::trim_left(rest.substr(close + 1));
    return true;
}

/// "|CALLID|default.cfg:309 (log_request) text".
ScriptLine read_placed(string_view text) noexcept {
    ScriptLine line;
    for (auto bar = text.find('|', 1); bar != npos; bar = text.find('|', bar + 1)) {
        auto rest = text.substr(bar + 1);
        if (!take_place(rest, line.route)) continue;
        line.call_id = sip::trim(text.substr(1, bar - 1));
        line.text = rest;
        line.is = is_call_id(line.call_id) ? ScriptLine::Is::said : ScriptLine::Is::no_call_id;
        return line;
    }
    return line;
}

}  // namespace

ScriptLine read_script_line(string_view text) noexcept {
    if (!take_level(text)) return {};
    text = without_line_break(text);
    if (text.starts_with('|')) return read_placed(text);
    const auto begin = text.find(script_prefix);
    if (begin == npos || names_source_file(text.substr(0, begin))) return {};
    return read_tagged(text.substr(begin + script_prefix.size()));
}

}  // namespace ci::logs
