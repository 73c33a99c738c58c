#include "logs/sofia_block.h"

#include <algorithm>
#include <utility>

#include "logs/freeswitch_line.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::logs {
namespace {

using std::string_view;
using wire::npos;

/// The buffer of tport_log_msg since May 2019, and what it wants beside the message.
constexpr std::size_t buffer_size = 16'000;
constexpr std::size_t beside_message = 1 + 144 + 74;
constexpr std::size_t dashes_size = 73;

/// A message that seems to be cut short may be followed this far.
constexpr std::size_t look_ahead = buffer_size;

bool begins_line(string_view text) {
    return text.empty() || read_freeswitch_line(text) || read_sofia_stamp(text);
}

}  // namespace

void SofiaBlock::begin(Style style, std::uint64_t bytes, std::size_t stamp_size) {
    text_.begin(bytes);
    places_.clear();
    unread_.clear();
    foreign_.clear();
    fit_.reset();
    early_fit_.reset();
    break_.reset();
    style_ = style;
    stamp_size_ = stamp_size;
    bytes_ = bytes;
    lines_ = 0;
    is_open_ = true;
    is_encoded_ = false;
    cuts_ = false;
}

bool SofiaBlock::take(const Line& line) {
    return style_ == Style::indented ? take_indented(line) : take_flush(line);
}

bool SofiaBlock::take_flush(const Line& line) {
    // The line end that sofia-sip adds since February 2022: the last line had one of its own.
    if (fit_ && line.text.empty()) {
        if (const auto fit = text_.exact_with_end()) {
            lines_ += line.is_rest ? 0 : 1;
            end(*fit);
            return true;
        }
    }
    if (style_ == Style::flush) {
        bool taken = false;
        if (reaches_limit(line, taken)) return taken;
        std::optional<GluedLine> start;
        if (line.is_start) {
            start.emplace();
        } else if (const auto stamp = find_sofia_stamp(line.text); stamp != npos) {
            start = GluedLine{stamp, stamp};
        } else {
            start = find_freeswitch_line(line.text);
        }
        if (start) {
            if (fit_ && start->begin == 0) {
                end(*fit_);
                return false;
            }
            if (ends_at(line, start->begin, start->date)) return true;
            if (!break_) {
                if (!text_.is_short() || !line.may_look_ahead) {
                    if (start->begin == 0) {
                        end_before_break();
                        return false;
                    }
                    hold(line.text.substr(0, start->begin), line);
                    leave(line.text.substr(start->begin), line.position + start->begin);
                    end_before_break();
                    return true;
                }
                break_ = {text_.lines(), start->begin};
            }
        }
    }
    hold(line.text, line);
    if (text_.is_past() || (break_ && text_.size() > look_ahead)) end_before_break();
    return true;
}

/// The message ends in this line, where another line begins: the octets tell where.
bool SofiaBlock::ends_at(const Line& line, std::size_t begin, std::size_t date) {
    const auto left = text_.last_size();
    if (left <= 0 || static_cast<std::size_t>(left) > date) return false;
    const auto size = static_cast<std::size_t>(left);
    // What stands before the date is a channel's UUID.
    const auto id = line.text.substr(size, date - size);
    if (size != begin && !(id.empty() || id.find(' ') + 1 == id.size())) return false;
    hold(line.text.substr(0, size), line);
    leave(line.text.substr(size), line.position + size);
    end({text_.lines(), text_.lines() - 1, false, false});
    return true;
}

/// sofia-sip's buffer is full: the message was cut there.
bool SofiaBlock::reaches_limit(const Line& line, bool& taken) {
    if (bytes_ + beside_message <= buffer_size) return false;
    const auto printed = stamp_size_ + 1 + dashes_size + text_.size();
    if (printed + line.text.size() < buffer_size - 1) return false;
    if (printed > buffer_size - 1) return false;
    const auto room = buffer_size - 1 - printed;
    const auto rest = line.text.substr(room);
    if (!begins_line(rest) && !(room == 0 && line.is_start)) return false;
    taken = room > 0 || rest.empty();
    if (room > 0) {
        hold(line.text.substr(0, room), line);
        if (!rest.empty()) leave(rest, line.position + room);
    } else if (taken && !line.is_rest) {
        ++lines_;
    }
    end({text_.lines(), text_.lines() - 1, false, false, true});
    return true;
}

bool SofiaBlock::take_indented(const Line& line) {
    const auto text = line.text.substr(indent.size());
    const auto count = [&] { lines_ += line.is_rest ? 0 : 1; };
    if (is_dashes(text)) {
        if (!fit_ && text_.is_short() && !is_encoded_) cut_foreign();
        if (!fit_ && text_.is_short() && text_.last_size() == 2) insert_empty_line();
        if (fit_ || !text_.is_short() || is_encoded_) {
            count();
            end(fit_ ? *fit_ : text_.best(text_.lines()));
            return true;
        }
    }
    if (text.starts_with("*** message truncated at ")) {
        count();
        end_before_break();
        return true;
    }
    // In place of a body with other than printable characters.
    if (text == "<ENCODED DATA>") {
        is_encoded_ = true;
        count();
        return true;
    }
    const auto foreign = find_freeswitch_line(text);
    if (foreign && foreign->begin > 0 && cuts_) {
        hold(text.substr(0, foreign->begin), line);
        leave(text.substr(foreign->begin), line.position + indent.size() + foreign->begin);
    } else {
        if (foreign && foreign->begin > 0) foreign_.push_back({text_.lines(), foreign->begin});
        hold(text, line);
    }
    if (text_.is_past()) {
        cut_foreign();
        if (text_.is_past()) end_before_break();
    }
    return true;
}

/// Octets do not fit as long as lines of FreeSWITCH's are among them.
void SofiaBlock::cut_foreign() {
    if (foreign_.empty()) return;
    cuts_ = true;
    std::vector<std::string> lines;
    lines.reserve(text_.lines());
    for (std::size_t i = 0; i < text_.lines(); ++i) lines.emplace_back(text_.line(i));
    for (const auto& [line, at] : foreign_) {
        const auto position = places_[line].position + indent.size() + at;
        leave(string_view(lines[line]).substr(at), position);
        lines[line].resize(at);
    }
    foreign_.clear();
    text_.begin(bytes_);
    for (const auto& line : lines) text_.add(line);
    fit_ = text_.exact();
}

/// mod_syslog drops blank lines, and with them the one between header and body.
void SofiaBlock::insert_empty_line() {
    std::vector<std::string> lines;
    std::size_t body = 0;
    for (std::size_t i = 0; i < text_.lines(); ++i) {
        const auto line = text_.line(i);
        const auto colon = line.find(':');
        const auto name = sip::trim(line.substr(0, colon));
        if (colon != npos && body == 0 &&
            (sip::equal_without_case(name, "content-length") ||
             sip::equal_without_case(name, "l"))) {
            body = sip::read_decimal<std::size_t>(sip::trim(line.substr(colon + 1))).value_or(0);
        }
        lines.emplace_back(line);
    }
    std::size_t at = lines.size();
    for (std::size_t octets = 0; at > 0 && octets < body; --at) octets += lines[at - 1].size() + 2;
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), std::string());
    places_.insert(places_.begin() + static_cast<std::ptrdiff_t>(at), Place{0, true});
    text_.begin(bytes_);
    for (const auto& line : lines) text_.add(line);
    fit_ = text_.exact();
}

bool SofiaBlock::completes(string_view text, std::uint64_t position) {
    if (fit_ && text.empty()) {
        end(*fit_);
        return true;
    }
    if (style_ == Style::indented) {
        if (!text.starts_with(indent)) return false;
        text.remove_prefix(indent.size());
    }
    if (text.empty() || text_.last_size() != static_cast<std::int64_t>(text.size())) return false;
    text_.add(text);
    places_.push_back({position, false});
    end({text_.lines(), text_.lines() - 1, false, false});
    return true;
}

void SofiaBlock::give_up(string_view text, std::uint64_t position) {
    if (completes(text, position)) return;
    if (style_ == Style::indented) {
        cut_foreign();
        if (text.starts_with(indent)) text.remove_prefix(indent.size());
    }
    if (!text.empty()) {
        text_.add(text);
        places_.push_back({position, false});
        fit_.reset();
    }
    end_before_break();
}

void SofiaBlock::hold(string_view text, const Line& line) {
    text_.add(text);
    places_.push_back({line.position, line.is_rest});
    fit_ = text_.exact();
    if (fit_ && !early_fit_ && !break_) early_fit_ = fit_;
}

void SofiaBlock::leave(string_view text, std::uint64_t position) {
    unread_.push_back({std::string(text), position, true});
}

/// No count of octets fits: the message is cut short, where another line seems to begin.
void SofiaBlock::end_before_break() {
    // Another line followed, but no other count fits exactly.
    if (early_fit_ && style_ != Style::alone) {
        const auto next = early_fit_->lines;
        const bool had_end = !early_fit_->last_ends && next < text_.lines() &&
                             text_.line(next).empty() && !text_.best(next + 1).is_truncated;
        return end(had_end ? text_.best(next + 1) : *early_fit_);
    }
    if (break_) {
        const auto [line, at] = *break_;
        std::vector<UnreadLine> later;
        for (std::size_t i = line; i < text_.lines(); ++i) {
            later.push_back({std::string(text_.line(i)), places_[i].position, places_[i].is_rest});
        }
        while (text_.lines() > line) text_.drop_last();
        places_.resize(line);
        if (at > 0) {
            auto& first = later.front();
            text_.add(string_view(first.text).substr(0, at));
            places_.push_back({first.position, first.is_rest});
            first = {first.text.substr(at), first.position + at, true};
        }
        later.insert(later.end(), std::make_move_iterator(unread_.begin()),
                     std::make_move_iterator(unread_.end()));
        unread_ = std::move(later);
    }
    // The dashes after a message that was cut short.
    if (style_ == Style::indented && text_.lines() > 0 && text_.is_short() &&
        is_dashes(text_.line(text_.lines() - 1))) {
        if (!places_.back().is_rest) ++lines_;
        text_.drop_last();
        places_.pop_back();
    }
    end(text_.best(text_.lines()));
}

void SofiaBlock::end(const SofiaText::Fit& fit) {
    result_ = fit;
    is_open_ = false;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (i < fit.lines || style_ == Style::indented) {
            lines_ += places_[i].is_rest ? 0 : 1;
        }
    }
    if (style_ == Style::indented) return;
    std::vector<UnreadLine> later;
    for (std::size_t i = fit.lines; i < text_.lines(); ++i) {
        later.push_back({std::string(text_.line(i)), places_[i].position, places_[i].is_rest});
    }
    later.insert(later.end(), std::make_move_iterator(unread_.begin()),
                 std::make_move_iterator(unread_.end()));
    unread_ = std::move(later);
}

std::vector<UnreadLine> SofiaBlock::take_unread() {
    return std::exchange(unread_, {});
}

}  // namespace ci::logs
