// What each line of FreeSWITCH's log is: its own, the stamp above a message, a part of one.
#include <algorithm>
#include <utility>

#include "logs/colours.h"
#include "logs/freeswitch_decoder.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::logs {
namespace {

using std::string_view;
using wire::npos;

/// mod_logfile writes a line with a UUID through a buffer of 2048 octets.
constexpr std::size_t full_line = 2047;

/// Lines about the dialplan have no date and no level; FreeSWITCH writes them at DEBUG.
constexpr string_view undated[] = {"Dialplan: ", "EXECUTE ", "Chatplan: "};

bool is_undated(string_view text) noexcept {
    text = sip::trim_left(text);
    return std::any_of(std::begin(undated), std::end(undated),
                       [&](string_view word) { return text.starts_with(word); });
}

/// A first look, as most lines have no prefix of syslog.
bool may_have_prefix(string_view text) noexcept {
    constexpr std::size_t shortest = 20;
    if (text.size() < shortest) return false;
    return sip::is_digit(text[0])
               ? text[4] == '-' && text[7] == '-'
               : sip::is_upper(text[0]) && text[3] == ' ' && (text[9] == ':' || text[8] == ':');
}

/// What may follow a message until May 2019 whose end was already known.
bool ends_old_message(string_view text) noexcept {
    if (!text.starts_with(SofiaBlock::indent)) return false;
    text.remove_prefix(SofiaBlock::indent.size());
    return is_dashes(text) || text.starts_with("*** message truncated at ");
}

}  // namespace

void FreeswitchDecoder::read_one(const Line& line) {
    is_counted_ = false;
    prefix_ = nullptr;
    is_record_ = false;
    auto text = line.text;
    const bool is_data = block_.is_open() && !is_coloured_;
    if (!is_data && text.find(escape) != npos) {
        plain_ = without_colours(text);
        text = plain_;
    }
    if (block_.is_open() && block_.style() != SofiaBlock::Style::indented) {
        const bool is_start = !text.empty() && (read_freeswitch_line(text) ||
                                                read_sofia_stamp(text) || prefix_of(text));
        if (block_.take({text, line.position, line.is_rest, is_start, credit_ > 0})) {
            if (!block_.is_open()) end_block();
            return;
        }
        unread_.push_back({std::string(line.text), line.position, line.is_rest});
        end_block();
        return;
    }
    if (const auto prefix = prefix_of(text)) {
        read_record(*prefix, line);
    } else {
        read_part({text, line.position, line.is_rest});
    }
}

std::optional<Prefix> FreeswitchDecoder::prefix_of(string_view text) {
    if (!may_have_prefix(text) || read_freeswitch_line(text)) return std::nullopt;
    auto prefix = prefixes_.read(text);
    if (prefix && !prefix->is_stamped) return std::nullopt;
    return prefix;
}

void FreeswitchDecoder::read_record(const Prefix& prefix, const Line& line) {
    end_event();
    follows_ = Fate::other;
    prefix_ = &prefix;
    prefixes_.reach(prefix.time.at);
    note_date(prefix.time.at / one_day, prefix.time.at % one_day);
    string_view text = prefix.text;
    const auto begin = line.position + static_cast<std::size_t>(text.data() - line.text.data());
    const bool lies_within =
        text.data() >= line.text.data() && text.data() <= line.text.data() + line.text.size();
    const auto position = lies_within ? begin : line.position;
    if (text.find("#0") == npos) {
        read_part({text, line.position, line.is_rest});
        prefix_ = nullptr;
        return;
    }
    unescaped_ = unescaped(text);
    text = unescaped_;
    is_record_ = true;
    bool is_first = true;
    while (true) {
        const auto end = text.find('\n');
        const auto offset = static_cast<std::size_t>(text.data() - unescaped_.data());
        read_part(
            {text.substr(0, end), is_first ? line.position : position + offset, line.is_rest});
        is_first = false;
        if (end == npos) break;
        text.remove_prefix(end + 1);
    }
    if (block_.is_open() && block_.style() == SofiaBlock::Style::alone) {
        block_.give_up({}, 0);
        end_block();
    }
    end_event();
    prefix_ = nullptr;
}

void FreeswitchDecoder::read_part(const Line& line) {
    if (block_.is_open() && read_in_block(line)) return;
    if (stamp_ && !block_.is_open()) return read_dashes(line);
    if (const auto own = read_freeswitch_line(line.text)) return read_own(*own, line);
    if (const auto stamp = read_sofia_stamp(line.text)) return read_stamp(*stamp, line);
    read_unknown(line);
}

bool FreeswitchDecoder::read_in_block(const Line& line) {
    if (block_.style() == SofiaBlock::Style::indented) {
        if (!line.text.starts_with(SofiaBlock::indent)) {
            // The end of a line in which another one began.
            if (line.text.empty()) {
                count(line, Fate::message);
                return true;
            }
            if (!read_sofia_stamp(line.text)) return false;
            block_.give_up({}, 0);
            end_block();
            return false;
        }
    }
    const bool counts = !is_counted_ && !line.is_rest;
    is_counted_ = true;
    (void)block_.take({line.text, line.position, !counts, false, true});
    if (block_.is_open()) {
        take_unread();
    } else {
        end_block();
    }
    return true;
}

void FreeswitchDecoder::read_stamp(const SofiaStamp& stamp, const Line& line) {
    end_event();
    follows_ = Fate::other;
    id_.clear();
    if (stamp.bytes == 0 || stamp.bytes > SofiaBlock::most_bytes) {
        return count(line, Fate::bad_size);
    }
    stamp_ = stamp;
    stamp_prefix_.reset();
    if (prefix_ != nullptr) stamp_prefix_ = prefix_->time;
    stamp_host_ = prefix_ != nullptr ? prefix_->host : string_view();
    stamp_position_ = line.position;
    stamp_size_ = line.text.size();
    stamp_lines_ = is_counted_ || line.is_rest ? 0 : 1;
    is_counted_ = true;
    is_coloured_ = line.text.data() == plain_.data();
}

void FreeswitchDecoder::read_dashes(const Line& line) {
    const bool is_indented = line.text.starts_with(SofiaBlock::indent);
    const auto dashes = is_indented ? line.text.substr(SofiaBlock::indent.size()) : line.text;
    if (!is_dashes(dashes)) {
        end_stamp();
        return read_part(line);
    }
    stamp_time_ = stamp_prefix_ ? DayClock::beside(stamp_->of_day, *stamp_prefix_)
                                : clock_.stamp(stamp_->of_day);
    stamp_lines_ += is_counted_ || line.is_rest ? 0 : 1;
    is_counted_ = true;
    using Style = SofiaBlock::Style;
    const auto flush = is_record_ ? Style::alone : Style::flush;
    block_.begin(is_indented ? Style::indented : flush, stamp_->bytes, stamp_size_);
    last_message_ = {stamp_time_.at, stamp_position_};
}

/// FreeSWITCH stamps its own lines by a clock that it reads now and then, and sofia-sip reads the
/// real one: a line below a message was written after it, whatever its stamp says.
LogTime FreeswitchDecoder::not_before_message(LogTime time) {
    if (!last_message_) return time;
    const auto behind = last_message_->at - time.at;
    if (behind <= 0 || behind > one_second) {
        last_message_.reset();
    } else {
        time.at = last_message_->at;
    }
    return time;
}

void FreeswitchDecoder::read_own(const FreeswitchLine& whole, const Line& line) {
    const auto text = whole.id.empty() ? line.text : split_full(line);
    auto own = whole;
    if (text.size() != line.text.size()) own = *read_freeswitch_line(text);
    end_event();
    if (prefix_ == nullptr) {
        note_date(days_of(own.time.year, own.time.month, own.time.day), own.time.of_day);
        clock_.pass(own.time);
    }
    id_ = own.id;
    follows_ =
        own.id.empty() ? Fate::no_channel : (own.level > events_ ? Fate::less_severe : Fate::event);
    count(line, follows_);
    if (follows_ != Fate::event && !last_message_) return;
    const auto time =
        not_before_message(prefix_ != nullptr ? DayClock::beside(own.time.of_day, prefix_->time)
                                              : clock_.time_of(own.time));
    if (follows_ != Fate::event) return;
    event_.begin(own, line.position, time, prefix_ != nullptr ? prefix_->host : string_view());
}

string_view FreeswitchDecoder::split_full(const Line& line) {
    if (line.text.size() <= full_line || prefix_ != nullptr || credit_ <= 0) return line.text;
    const auto rest = line.text.substr(full_line);
    const auto id = line.text.substr(0, line.text.find(' ') + 1);
    if (!read_freeswitch_line(rest) && !read_sofia_stamp(rest) && !rest.starts_with(id)) {
        return line.text;
    }
    unread_.push_back({std::string(rest), line.position + full_line, true});
    return line.text.substr(0, full_line);
}

void FreeswitchDecoder::read_unknown(const Line& line) {
    auto text = line.text;
    if (text.empty() && follows_ == Fate::other) return count(line, Fate::blank);
    const auto blank = text.find(' ');
    if (blank != npos && is_undated(text.substr(blank + 1))) {
        end_event();
        id_ = text.substr(0, blank);
        follows_ = Fate::less_severe;
    }
    const bool has_id = !id_.empty() && text.starts_with(id_) &&
                        (text.size() == id_.size() || text[id_.size()] == ' ');
    if (has_id) {
        text = split_full(line);
        text.remove_prefix(std::min(text.size(), id_.size() + 1));
    } else if (ends_old_message(text)) {
        return count(line, Fate::message);
    }
    if (event_.is_open()) event_.add(text);
    count(line, follows_);
}

}  // namespace ci::logs
