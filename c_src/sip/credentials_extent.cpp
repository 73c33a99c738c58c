#include "sip/credentials_extent.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "sip/credentials_name.h"
#include "sip/start_line.h"
#include "sip/text.h"

namespace ci::sip {
namespace {

/// Digest's parameters. If a message begins with the rest of a line that has one of these, the line
/// is the rest of a header with credentials.
constexpr std::string_view traces[] = {"response",  "rspauth",  "auts",   "nonce", "cnonce",
                                       "nc",        "qop",      "opaque", "realm", "uri",
                                       "algorithm", "username", "stale",  "ik",    "ck"};

/// True: the quote at `at` opens the value of a Digest parameter: `response="`.
bool opens_value(const Letters& letters, std::size_t at, std::size_t begin) {
    at = before_blanks(letters, at, begin);
    if (at == begin || letters[at - 1] != '=') return false;
    at = before_blanks(letters, at - 1, begin);
    constexpr std::size_t longest = 10;
    std::string name;
    while (at > begin && is_word(letters[at - 1]) && name.size() < longest) {
        name.insert(name.begin(), to_lower(letters[--at]));
    }
    return std::find(std::begin(traces), std::end(traces), name) != std::end(traces);
}

/// True: the line at `at` is a header, a start line or a delimiter; any other line belongs to the
/// header before it.
bool begins_something(const Letters& letters, std::size_t at, std::size_t end) {
    if (at + 1 < end && letters[at] == '-' && letters[at + 1] == '-') return true;
    std::size_t colon = at;
    while (colon < end && is_token(letters[colon])) ++colon;
    const bool has_name = colon > at;
    while (colon < end && letters.is_space(colon)) ++colon;
    if (has_name && colon < end && letters[colon] == ':') return true;
    std::size_t line_end = at;
    while (line_end < end && !letters.is_line_end(line_end)) ++line_end;
    std::size_t word = at;
    while (word < line_end && !is_word(letters[word])) ++word;
    if (word < line_end && header_name(letters, word)) return true;
    std::string line;
    for (std::size_t i = at; i < line_end; ++i) line += letters[i];
    return read_start_line(line).has_value();
}

}  // namespace

Extent extent_of(const Letters& letters, std::size_t at, std::size_t end, const Bounds& bounds) {
    const bool has_quotes = bounds.quotes != any_quotes;
    Extent extent{end, has_quotes ? bounds.quotes : 0};
    const std::size_t begin = at;
    const auto ends = [&](std::size_t i) {
        return i < end && letters.is_line_end(i) && letters.depth(i) <= bounds.lines;
    };
    while (at < end) {
        if (has_quotes && letters[at] == '"' && letters.depth(at) != Letters::in_uri) {
            if (opens_value(letters, at, begin)) {
                extent.quotes = letters.depth(at);
            } else if (letters.depth(at) < extent.quotes) {
                extent.end = at;
                break;
            }
        }
        if (!ends(at)) {
            ++at;
            continue;
        }
        extent.end = at;
        // Several CRs are one line end if an LF follows; LF CR is one if a blank follows.
        std::size_t crs = 0;
        for (; ends(at) && letters[at] == '\r'; ++at) ++crs;
        const bool has_lf = ends(at);
        if (has_lf) ++at;
        if (crs == 0 && ends(at) && at + 1 < end && letters.is_space(at + 1)) ++at;
        if (at == end || ends(at) || (crs > 1 && !has_lf)) break;
        const bool goes_on = letters.is_space(at) ||
                             (bounds.takes_stray_lines && !begins_something(letters, at, end));
        if (!goes_on) break;
        extent.end = end;
    }
    return extent;
}

std::size_t parameter_end(const Letters& letters, std::size_t at) {
    for (const auto name : traces) {
        if (const std::size_t end = word_end(letters, at, name); end != 0) return end;
    }
    return 0;
}

std::size_t before_blanks(const Letters& letters, std::size_t at, std::size_t begin) {
    while (at > begin && (letters.is_space(at - 1) || letters.is_line_end(at - 1))) --at;
    return at;
}

}  // namespace ci::sip
