#include "logs/freeswitch.h"

#include <algorithm>
#include <utility>

#include "logs/freeswitch_decoder.h"

namespace ci::logs {
namespace {

using std::string_view;

constexpr string_view freeswitch_fates[] = {"message",    "event",   "less_severe",
                                            "no_channel", "no_text", "bad_size",
                                            "too_long",   "blank",   "other"};
constexpr std::int64_t most_credit = 1 << 20;

}  // namespace

FreeswitchDecoder::FreeswitchDecoder(FreeswitchOptions options, RecordSink sink)
    : local_(options.local),
      events_(options.events),
      read_before_(options.read_before),
      sink_(std::move(sink)),
      lines_(options.position),
      prefixes_(options.calendar),
      clock_(std::move(options.calendar), options.first_day),
      credit_(most_credit) {}

void FreeswitchDecoder::take(string_view bytes, wire::Micros now) {
    if (bytes.empty()) return;
    grown_at_ = now;
    lines_.take(bytes, [this](string_view text, std::uint64_t position, bool is_cut) {
        read(text, position, is_cut);
    });
}

void FreeswitchDecoder::wait(wire::Micros now) {
    const auto silence = now - grown_at_;
    if (silence < short_patience) return;
    is_read_again_ = lines_.position() < read_before_;
    end_event();
    if (block_.is_open() && block_.completes(lines_.partial(), lines_.position())) {
        drop_partial();
        end_block();
        read_again();
    }
    if (silence < long_patience) return;
    if (stamp_ || block_.is_open()) give_up();
    last_message_.reset();
}

/// The rest of the message does not come.
void FreeswitchDecoder::give_up() {
    if (block_.is_open() && block_.may_hold(lines_.partial())) {
        block_.give_up(lines_.partial(), lines_.position());
        drop_partial();
        end_block();
        read_again();
    }
    end_all();
}

/// What comes of the incomplete line is the rest of a line that was counted.
void FreeswitchDecoder::drop_partial() {
    if (lines_.partial().empty()) return;
    lines_.drop_partial();
    rest_at_ = lines_.position();
}

void FreeswitchDecoder::finish() {
    lines_.finish([this](string_view text, std::uint64_t position, bool is_cut) {
        read(text, position, is_cut);
    });
    is_read_again_ = lines_.position() < read_before_;
    end_all();
    last_message_.reset();
}

/// Ends what is open, and what opens in turn as lines that were read too far are read again.
void FreeswitchDecoder::end_all() {
    while (block_.is_open()) {
        block_.give_up({}, 0);
        end_block();
        read_again();
    }
    end_stamp();
    end_event();
}

void FreeswitchDecoder::next_file(const Calendar& calendar) {
    lines_.finish([this](string_view text, std::uint64_t position, bool is_cut) {
        read(text, position, is_cut);
    });
    prefixes_.set(calendar);
    clock_.set(calendar);
}

std::uint64_t FreeswitchDecoder::begin_of_open() const noexcept {
    auto position = lines_.position();
    if (stamp_ || block_.is_open()) position = std::min(position, stamp_position_);
    if (event_.is_open()) position = std::min(position, event_.position());
    if (last_message_) position = std::min(position, last_message_->position);
    return position;
}

LineCounts FreeswitchDecoder::lines() const {
    LineCounts counts;
    for (std::size_t i = 0; i < fates; ++i) {
        if (counts_[i] > 0) counts.emplace_back(freeswitch_fates[i], counts_[i]);
    }
    return counts;
}

void FreeswitchDecoder::count(const Line& line, Fate fate) {
    if (is_counted_ || line.is_rest) return;
    is_counted_ = true;
    add(fate, 1);
}

void FreeswitchDecoder::add(Fate fate, std::uint64_t lines) {
    if (!is_read_again_) counts_[static_cast<std::size_t>(fate)] += lines;
}

void FreeswitchDecoder::hand_over(const Record& record) {
    if (!is_read_again_) sink_(record);
}

void FreeswitchDecoder::read(string_view text, std::uint64_t position, bool is_cut) {
    is_read_again_ = position < read_before_;
    if (is_cut) {
        end_all();
        add(Fate::too_long, 1);
        return;
    }
    credit_ = std::min(credit_ + static_cast<std::int64_t>(text.size()), most_credit);
    read_one({text, position, position != 0 && position == rest_at_});
    read_again();
}

void FreeswitchDecoder::read_again() {
    while (!unread_.empty()) {
        const auto line = std::move(unread_.back());
        unread_.pop_back();
        credit_ -= static_cast<std::int64_t>(line.text.size());
        read_one({line.text, line.position, line.is_rest});
    }
}

/// A stamp without a message.
void FreeswitchDecoder::end_stamp() {
    if (!stamp_ || block_.is_open()) return;
    add(Fate::no_text, stamp_lines_);
    stamp_.reset();
}

void FreeswitchDecoder::take_unread() {
    auto unread = block_.take_unread();
    std::move(unread.rbegin(), unread.rend(), std::back_inserter(unread_));
}

void FreeswitchDecoder::end_block() {
    take_unread();
    const auto& fit = block_.result();
    const auto stamp = *std::exchange(stamp_, std::nullopt);
    block_.text().write(fit, message_);
    add(message_.empty() ? Fate::no_text : Fate::message, stamp_lines_ + block_.lines());
    if (message_.empty()) return;
    Record record;
    record.position = stamp_position_;
    record.time = stamp_time_;
    record.host = stamp_host_;
    record.text = message_;
    record.src = stamp.is_sent ? local_ : stamp.remote;
    record.dst = stamp.is_sent ? stamp.remote : local_;
    record.ip_protocol = stamp.ip_protocol;
    record.is_sent = stamp.is_sent;
    record.is_truncated = fit.is_truncated;
    hand_over(record);
}

void FreeswitchDecoder::end_event() {
    if (event_.is_open()) hand_over(event_.end());
    if (follows_ == Fate::event) follows_ = Fate::other;
}

void FreeswitchDecoder::note_date(std::int64_t day, wire::Micros of_day) {
    if (first_date_) return;
    first_date_ = {day, 0};
    if (!clock_.has_day()) return;
    const auto last = clock_.last_of_day();
    first_date_->midnights = clock_.midnights() + DayClock::following(0, last, of_day);
}

std::unique_ptr<Decoder> freeswitch_decoder(FreeswitchOptions options, RecordSink sink) {
    return std::make_unique<FreeswitchDecoder>(std::move(options), std::move(sink));
}

}  // namespace ci::logs
