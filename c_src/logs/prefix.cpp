#include "logs/prefix.h"

#include "sip/text.h"

namespace ci::logs {
namespace {

using sip::is_digit;
using std::string_view;

constexpr string_view month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";

bool takes(string_view& text, char c) noexcept {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

/// Takes `digits` digits off the front. False: there are fewer, or their number is beyond `most`.
bool takes_number(string_view& text, std::size_t digits, unsigned most, unsigned& value) noexcept {
    if (text.size() < digits) return false;
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (!is_digit(text[i])) return false;
        value = value * 10 + static_cast<unsigned>(text[i] - '0');
    }
    text.remove_prefix(digits);
    return value <= most;
}

std::size_t skip_blanks(string_view& text) noexcept {
    std::size_t count = 0;
    while (takes(text, ' ')) ++count;
    return count;
}

bool exists(int year, unsigned month, unsigned of_month) noexcept {
    return month > 0 && of_month > 0 &&
           civil_of_days(days_of(year, month, of_month)) == CivilTime{year, month, of_month, 0};
}

/// Takes "MM:SS" and a fraction; they count from the beginning of the hour. Second 60 is a leap
/// second (RFC 3339 5.6).
bool takes_time_of_hour(string_view& text, LogTime& time) noexcept {
    unsigned minutes = 0;
    unsigned seconds = 0;
    if (!takes_number(text, 2, 59, minutes) || !takes(text, ':') ||
        !takes_number(text, 2, 60, seconds)) {
        return false;
    }
    time.at = minutes * one_minute + seconds * one_second;
    time.resolution = one_second;
    if (!text.starts_with('.') && !text.starts_with(',')) return true;
    text.remove_prefix(1);
    wire::Micros place = one_second / 10;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
        if (place == 0) continue;  // finer than microseconds
        time.at += place * (text.front() - '0');
        time.resolution = place;
        place /= 10;
    }
    return true;
}

enum class Zone { told, missing, malformed };

/// Takes "Z", "+HH:MM", "+HHMM" or "+HH".
Zone take_zone(string_view& text, wire::Micros& offset) noexcept {
    offset = 0;
    if (takes(text, 'Z') || takes(text, 'z')) return Zone::told;
    const bool is_west = text.starts_with('-');
    if (!is_west && !text.starts_with('+')) return Zone::missing;
    text.remove_prefix(1);
    unsigned hours = 0;
    unsigned minutes = 0;
    if (!takes_number(text, 2, 23, hours)) return Zone::malformed;
    const bool is_separated = takes(text, ':');
    const bool has_minutes = is_separated || (!text.empty() && is_digit(text.front()));
    if (has_minutes && !takes_number(text, 2, 59, minutes)) return Zone::malformed;
    offset = hours * one_hour + minutes * one_minute;
    if (is_west) offset = -offset;
    return Zone::told;
}

/// "PROGRAM[PID]:" or "PROGRAM:".
bool read_tag(string_view word, Prefix& prefix) noexcept {
    if (!word.ends_with(':')) return false;
    word.remove_suffix(1);
    prefix.pid = {};
    if (word.ends_with(']')) {
        const auto open = word.rfind('[');
        if (open == string_view::npos) return false;
        prefix.pid = word.substr(open + 1, word.size() - open - 2);
        word = word.substr(0, open);
    }
    prefix.program = word;
    return !word.empty();
}

/// "NUMBER(PID)", as Kamailio's dprint.h numbers its processes on stderr.
bool read_process(string_view word, Prefix& prefix) noexcept {
    const auto open = word.find('(');
    if (open == 0 || open == string_view::npos || !word.ends_with(')')) return false;
    const auto pid = word.substr(open + 1, word.size() - open - 2);
    for (const char c : word.substr(0, open)) {
        if (!is_digit(c)) return false;
    }
    for (const char c : pid) {
        if (!is_digit(c)) return false;
    }
    prefix.pid = pid;
    return !pid.empty();
}

string_view take_word(string_view& text) noexcept {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
}

/// What follows a tag: syslog writes one or two blanks. FreeSWITCH's text may begin with three.
string_view without_blanks(string_view text) noexcept {
    string_view rest = text;
    const std::size_t blanks = skip_blanks(rest);
    constexpr std::size_t indent = 3;
    if (blanks <= 2) return rest;
    text.remove_prefix(blanks == 2 + indent ? 2 : 1);
    return text;
}

/// What follows the stamp.
bool read_names(string_view text, Prefix& prefix) noexcept {
    skip_blanks(text);
    auto word = take_word(text);
    if (!read_tag(word, prefix) && !read_process(word, prefix)) {
        prefix.host = word;
        skip_blanks(text);
        word = take_word(text);
        if (!read_tag(word, prefix) && !read_process(word, prefix)) return false;
    }
    prefix.text = without_blanks(text);
    return true;
}

}  // namespace

void PrefixReader::set(Calendar calendar) {
    calendar_ = std::move(calendar);
    hour_text_.clear();
}

void PrefixReader::reach(wire::Micros newest) {
    // A day's tolerance allows coarse steps, and each forgets the hour whose year was decided.
    if (newest <= calendar_.newest + one_hour) return;
    calendar_.newest = newest;
    hour_text_.clear();
}

std::optional<Prefix> PrefixReader::read(string_view line) {
    Prefix prefix;
    const bool same_hour = !hour_text_.empty() && line.starts_with(hour_text_);
    if (!same_hour && !read_hour(line)) {
        string_view text = line;
        skip_blanks(text);
        if (!read_process(take_word(text), prefix)) return std::nullopt;
        prefix.text = without_blanks(text);
        return prefix;
    }
    auto rest = line.substr(hour_text_.size());
    if (!takes_time_of_hour(rest, prefix.time)) return std::nullopt;
    wire::Micros offset = 0;
    const Zone zone = hour_.year == 0 ? Zone::missing : take_zone(rest, offset);
    if (zone == Zone::malformed || !rest.starts_with(' ')) return std::nullopt;
    if (zone == Zone::told) {
        prefix.time.at += utc(hour_) - offset;
    } else {
        if (!local_) local_ = local(hour_);
        prefix.time.at += *local_;
        prefix.time.zone_unsure = calendar_.zone_unsure;
    }
    prefix.is_stamped = true;
    if (!read_names(rest, prefix)) return std::nullopt;
    return prefix;
}

/// Leaves the last hour as it was if the line has none.
bool PrefixReader::read_hour(string_view line) {
    return !line.empty() && (is_digit(line.front()) ? read_full_date(line) : read_short_date(line));
}

/// "2026-11-21T02:".
bool PrefixReader::read_full_date(string_view line) {
    auto rest = line;
    CivilTime time;
    unsigned year = 0;
    unsigned of_day = 0;
    if (!takes_number(rest, 4, 9999, year) || !takes(rest, '-') ||
        !takes_number(rest, 2, 12, time.month) || !takes(rest, '-') ||
        !takes_number(rest, 2, 31, time.day) ||
        (!takes(rest, 'T') && !takes(rest, 't') && !takes(rest, ' ')) ||
        !takes_number(rest, 2, 23, of_day) || !takes(rest, ':')) {
        return false;
    }
    time.year = static_cast<int>(year);
    if (year == 0 || !exists(time.year, time.month, time.day)) return false;
    time.of_day = of_day * one_hour;
    hour_ = time;
    local_.reset();
    hour_text_ = line.substr(0, line.size() - rest.size());
    return true;
}

/// "Nov 21 02:", "Oct  4 20:".
bool PrefixReader::read_short_date(string_view line) {
    constexpr std::size_t letters = 3;
    const auto month = month_names.find(line.substr(0, letters));
    if (line.size() < letters || month == string_view::npos || month % letters != 0) return false;
    auto rest = line.substr(letters);
    unsigned of_day = 0;
    CivilTime time = {0, static_cast<unsigned>(month / letters) + 1, 0, 0};
    if (skip_blanks(rest) == 0) return false;
    const bool has_two_digits = rest.size() > 1 && is_digit(rest[1]);
    if (!takes_number(rest, has_two_digits ? 2 : 1, 31, time.day) || skip_blanks(rest) == 0 ||
        !takes_number(rest, 2, 23, of_day) || !takes(rest, ':')) {
        return false;
    }
    time.of_day = of_day * one_hour;
    const auto at = in_newest_year(time);
    if (!at) return false;
    hour_ = time;
    local_ = at;
    hour_text_ = line.substr(0, line.size() - rest.size());
    return true;
}

std::optional<wire::Micros> PrefixReader::in_newest_year(CivilTime time) const {
    const wire::Micros latest = calendar_.newest + one_day;
    // The latest time in the zone that is farthest ahead is in this year or before. Leap years are
    // at most 8 years apart (1896 and 1904).
    constexpr wire::Micros farthest_zone = 15 * one_hour;
    const wire::Micros bound = latest + farthest_zone;
    const std::int64_t days = bound / one_day - (bound % one_day < 0 ? 1 : 0);
    const int newest = civil_of_days(days).year;
    for (time.year = newest; time.year > newest - 10; --time.year) {
        if (!exists(time.year, time.month, time.day)) continue;
        const wire::Micros at = local(time);
        if (at <= latest) return at;
    }
    return std::nullopt;
}

wire::Micros PrefixReader::local(const CivilTime& time) const {
    return calendar_.to_unix ? calendar_.to_unix(time) : utc(time);
}

std::string unescaped(string_view text) {
    const auto octal = [](char c) { return c >= '0' && c <= '7'; };
    constexpr unsigned first_printable = 0x20;
    constexpr unsigned rubout = 0x7f;
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto mark = text.find('#');
        out += text.substr(0, mark);
        if (mark == string_view::npos) break;
        text.remove_prefix(mark);
        if (text.size() >= 4 && octal(text[1]) && octal(text[2]) && octal(text[3])) {
            const auto digit = [&](std::size_t i) { return static_cast<unsigned>(text[i] - '0'); };
            const unsigned value = digit(1) * 64 + digit(2) * 8 + digit(3);
            if (value < first_printable || value == rubout) {
                out.push_back(static_cast<char>(value));
                text.remove_prefix(4);
                continue;
            }
        }
        out.push_back('#');
        text.remove_prefix(1);
    }
    return out;
}

}  // namespace ci::logs
