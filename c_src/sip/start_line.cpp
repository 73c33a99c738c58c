#include "sip/start_line.h"

#include <algorithm>

#include "sip/message.h"
#include "sip/text.h"

namespace ci::sip {
namespace {

constexpr std::string_view version = "SIP/2.0";

bool begins_with_version(std::string_view text) noexcept {
    return equal_without_case(text.substr(0, version.size()), version);
}

std::optional<StartLine> read_response(std::string_view line) noexcept {
    const auto rest = trim_left(line.substr(version.size()));
    const bool blank_between = rest.size() < line.size() - version.size();
    if (!blank_between || rest.size() < 3 || (rest.size() > 3 && is_digit(rest[3]))) {
        return std::nullopt;
    }
    const auto status = read_decimal<std::uint16_t>(rest.substr(0, 3));
    if (!status || *status < 100 || *status > 699) return std::nullopt;
    StartLine read;
    read.status = *status;
    return read;
}

}  // namespace

std::optional<StartLine> read_start_line(std::string_view line) noexcept {
    line = trim(line);
    if (begins_with_version(line)) return read_response(line);

    if (line.size() < version.size()) return std::nullopt;
    const std::size_t version_at = line.size() - version.size();
    if (!begins_with_version(line.substr(version_at))) return std::nullopt;
    StartLine read;
    read.is_request = true;
    read.uri = line.substr(0, version_at);
    read.method = next_word(read.uri);
    if (read.method.empty() || !std::all_of(read.method.begin(), read.method.end(), is_token)) {
        return std::nullopt;
    }
    if (read.uri.empty() || !is_blank(read.uri.back())) return std::nullopt;
    read.uri = trim_right(read.uri);
    if (read.uri.empty()) return std::nullopt;
    return read;
}

bool looks_like_sip(std::string_view bytes) noexcept {
    bytes = trim_left(bytes);
    if (begins_with_version(bytes)) {
        return bytes.size() > version.size() && is_blank(bytes[version.size()]);
    }
    // A lower-case method would be legal (7.1), but would make prose look like a start line.
    const auto may_stand_in_method = [](char c) { return is_token(c) && (c < 'a' || c > 'z'); };
    std::size_t end = 0;
    while (end < bytes.size() && may_stand_in_method(bytes[end])) ++end;
    return end > 0 && is_upper(bytes.front()) && end < bytes.size() && bytes[end] == ' ';
}

}  // namespace ci::sip
