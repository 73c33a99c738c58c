#include "logs/freeswitch_line.h"

#include "sip/text.h"
#include "wire/text.h"

namespace ci::logs {
namespace {

using std::string_view;
using wire::npos;

constexpr string_view date_shape = "0000-00-00 00:00:00.000000 ";

bool has_date_at(string_view line, std::size_t at) noexcept {
    if (line.size() < at + date_shape.size() || line[at + 4] != '-') return false;
    for (std::size_t i = 0; i < date_shape.size(); ++i) {
        const char c = line[at + i];
        if (date_shape[i] == '0' ? !sip::is_digit(c) : c != date_shape[i]) return false;
    }
    return true;
}

unsigned number_at(string_view line, std::size_t at, std::size_t digits) noexcept {
    unsigned value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        value = value * 10 + static_cast<unsigned>(line[at + i] - '0');
    }
    return value;
}

/// `date` holds digits where they belong. False: there is no such time.
bool read_date(string_view date, CivilTime& time) noexcept {
    const wire::Micros hour = number_at(date, 11, 2);
    const wire::Micros minute = number_at(date, 14, 2);
    const wire::Micros second = number_at(date, 17, 2);
    time.year = static_cast<int>(number_at(date, 0, 4));
    time.month = number_at(date, 5, 2);
    time.day = number_at(date, 8, 2);
    time.of_day =
        hour * one_hour + minute * one_minute + second * one_second + number_at(date, 20, 6);
    return time.month >= 1 && time.month <= 12 && time.day >= 1 && time.day <= 31 && hour < 24 &&
           minute < 60 && second <= 60;
}

/// "98.50% ".
void skip_idle_time(string_view& text) noexcept {
    std::size_t end = 0;
    while (end < text.size() && (sip::is_digit(text[end]) || text[end] == '.')) ++end;
    if (end > 0 && text.substr(end).starts_with("% ")) text.remove_prefix(end + 2);
}

/// "[INFO] " or "[INFO]" at the end of the line.
std::optional<Level> read_level(string_view text) noexcept {
    if (!text.starts_with('[')) return std::nullopt;
    text.remove_prefix(1);
    for (std::size_t i = 0; i < std::size(level_names); ++i) {
        const auto name = level_names[i];
        if (!text.starts_with(name)) continue;
        const auto rest = text.substr(name.size());
        if (rest == "]" || rest.starts_with("] ")) return static_cast<Level>(i);
    }
    return std::nullopt;
}

/// "sofia.c:1234", and "function()" if FreeSWITCH was built with SWITCH_FUNC_IN_LOG.
string_view without_source(string_view text) noexcept {
    const auto word = text.substr(0, text.find(' '));
    const auto colon = word.rfind(':');
    if (colon == npos || !sip::read_decimal<unsigned>(word.substr(colon + 1))) return text;
    text = sip::trim_left(text.substr(word.size()));
    const auto function = text.substr(0, text.find(' '));
    return function.ends_with("()") ? sip::trim_left(text.substr(function.size())) : text;
}

std::optional<FreeswitchLine> read_at(string_view line, std::size_t date) {
    FreeswitchLine own;
    if (!read_date(line.substr(date, date_shape.size()), own.time)) return std::nullopt;
    own.text = line.substr(date + date_shape.size());
    skip_idle_time(own.text);
    const auto level = read_level(own.text);
    if (!level) return std::nullopt;
    own.level = *level;
    own.said = without_source(sip::trim(own.text.substr(own.text.find(']') + 1)));
    if (date > 0) own.id = line.substr(0, date - 1);
    return own;
}

bool is_uuid(string_view text) noexcept {
    constexpr string_view shape = "00000000-0000-0000-0000-000000000000";
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const char c = sip::to_lower(text[i]);
        const bool is_hex = sip::is_digit(c) || (c >= 'a' && c <= 'f');
        if (shape[i] == '0' ? !is_hex : c != '-') return false;
    }
    return true;
}

}  // namespace

std::optional<FreeswitchLine> read_freeswitch_line(string_view line) {
    if (has_date_at(line, 0)) return read_at(line, 0);
    constexpr std::size_t longest_id = 512;
    const auto blank = line.substr(0, longest_id).find(' ');
    if (blank == npos || blank == 0 || !has_date_at(line, blank + 1)) return std::nullopt;
    return read_at(line, blank + 1);
}

std::optional<GluedLine> find_freeswitch_line(string_view line) {
    for (auto level = line.find('['); level != npos; level = line.find('[', level + 1)) {
        if (!read_level(line.substr(level))) continue;
        auto end = level;
        if (end >= 2 && line[end - 1] == ' ' && line[end - 2] == '%') {
            end -= 2;
            while (end > 0 && (sip::is_digit(line[end - 1]) || line[end - 1] == '.')) --end;
        }
        if (end < date_shape.size()) continue;
        const auto date = end - date_shape.size();
        if (!has_date_at(line, date) || !read_at(line.substr(date), 0)) continue;
        constexpr std::size_t uuid = 36;
        const bool has_uuid =
            date > uuid && line[date - 1] == ' ' && is_uuid(line.substr(date - 1 - uuid, uuid));
        return GluedLine{has_uuid ? date - 1 - uuid : date, date};
    }
    return std::nullopt;
}

}  // namespace ci::logs
