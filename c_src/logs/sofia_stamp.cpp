#include "logs/sofia_stamp.h"

#include <limits>

#include "logs/time.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::logs {
namespace {

using std::string_view;
using wire::npos;

struct Transport {
    string_view name;
    std::uint8_t ip_protocol;
};
constexpr Transport transports[] = {{"udp", 17},   {"tcp", 6}, {"tls", 22},
                                    {"sctp", 132}, {"ws", 6},  {"wss", 22}};

constexpr string_view time_shape = "00:00:00.000000:";

bool takes_text(string_view& text, string_view expected) noexcept {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

string_view take_digits(string_view& text) noexcept {
    std::size_t end = 0;
    while (end < text.size() && sip::is_digit(text[end])) ++end;
    const auto digits = text.substr(0, end);
    text.remove_prefix(end);
    return digits;
}

bool takes_verb(string_view& text, SofiaStamp& stamp) noexcept {
    if (takes_text(text, "recv ")) return true;
    stamp.is_sent = true;
    return takes_text(text, "send ") || takes_text(text, "sent ");
}

bool takes_transport(string_view& text, SofiaStamp& stamp) noexcept {
    const auto name = text.substr(0, text.find('/'));
    for (const auto& transport : transports) {
        if (name == transport.name) {
            stamp.ip_protocol = transport.ip_protocol;
            text.remove_prefix(name.size());
            return true;
        }
    }
    return false;
}

bool takes_remote(string_view& text, SofiaStamp& stamp) {
    if (!takes_text(text, "/[")) return false;
    const auto end = text.find("]:");
    if (end == npos) return false;
    const auto address = wire::parse_address(text.substr(0, end));
    text.remove_prefix(end + 2);
    const auto port = wire::parse_port(take_digits(text));
    if (!address || !port) return false;
    stamp.remote = {*address, *port};
    return true;
}

/// "HH:MM:SS.uuuuuu:", the whole of `text`.
bool read_time_of_day(string_view text, wire::Micros& of_day) noexcept {
    if (text.size() != time_shape.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool fits = time_shape[i] == '0' ? sip::is_digit(text[i]) : text[i] == time_shape[i];
        if (!fits) return false;
    }
    const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
    const auto micros = sip::read_decimal<wire::Micros>(text.substr(9, 6));
    of_day = two(0) * one_hour + two(3) * one_minute + two(6) * one_second + micros.value_or(0);
    return two(0) < 24 && two(3) < 60 && two(6) <= 60;
}

/// Most lines are no stamps, and their ends tell it.
bool may_end_in_stamp(string_view line) noexcept {
    return line.size() > time_shape.size() + 20 && line.back() == ':' &&
           line[line.size() - 8] == '.';
}

}  // namespace

std::optional<SofiaStamp> read_sofia_stamp(string_view line) {
    if (!may_end_in_stamp(line)) return std::nullopt;
    SofiaStamp stamp;
    if (!takes_verb(line, stamp)) return std::nullopt;
    const auto bytes = take_digits(line);
    if (bytes.empty() || !takes_text(line, " bytes ") ||
        !(takes_text(line, "to ") || takes_text(line, "from ")) || !takes_transport(line, stamp) ||
        !takes_remote(line, stamp)) {
        return std::nullopt;
    }
    // The flow label of IPv6, and RFC 3486.
    if (takes_text(line, "/") && take_digits(line).empty()) return std::nullopt;
    takes_text(line, ";comp=sigcomp");
    if (!takes_text(line, " at ") || !read_time_of_day(line, stamp.of_day)) return std::nullopt;
    stamp.bytes =
        sip::read_decimal<std::uint64_t>(bytes).value_or(std::numeric_limits<std::uint64_t>::max());
    return stamp;
}

std::size_t find_sofia_stamp(string_view line) {
    if (!may_end_in_stamp(line)) return npos;
    constexpr std::size_t longest = 128;  // sofia-sip's TPORT_STAMP_SIZE is 144
    const auto from = line.size() > longest ? line.size() - longest : 0;
    auto at = line.rfind(" bytes ");
    if (at == npos || at < from) return npos;
    while (at > 0 && sip::is_digit(line[at - 1])) --at;
    constexpr std::size_t verb = 5;
    if (at < verb) return npos;
    return read_sofia_stamp(line.substr(at - verb)) ? at - verb : npos;
}

bool is_dashes(string_view line) noexcept {
    constexpr std::size_t dashes = 72;
    return line.size() == dashes && line.find_first_not_of('-') == npos;
}

}  // namespace ci::logs
