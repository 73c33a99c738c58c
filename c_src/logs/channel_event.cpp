#include "logs/channel_event.h"

#include <algorithm>

#include "sip/text.h"
#include "wire/text.h"

namespace ci::logs {
namespace {

/// At most `most` octets, no character of UTF-8 cut in two.
std::string_view shortened(std::string_view text, std::size_t most) noexcept {
    if (text.size() <= most) return text;
    const auto goes_on = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; };
    while (most > 0 && goes_on(text[most])) --most;
    return text.substr(0, most);
}

void make_label(std::string_view text, std::string& label) {
    label = shortened(sip::trim(text), ChannelEvent::longest_label);
    std::replace_if(
        label.begin(), label.end(),
        [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
}

}  // namespace

void ChannelEvent::begin(const FreeswitchLine& line, std::uint64_t position, const LogTime& time,
                         std::string_view host) {
    id_ = line.id;
    text_ = shortened(line.text, longest_text);
    make_label(line.said, label_);
    host_ = host;
    position_ = position;
    time_ = time;
    is_open_ = true;
    is_cut_ = line.text.size() > longest_text;
}

void ChannelEvent::add(std::string_view line) {
    if (label_.empty()) make_label(line, label_);
    is_cut_ = is_cut_ || text_.size() + wire::crlf.size() + line.size() > longest_text;
    if (is_cut_) return;
    text_ += wire::crlf;
    text_ += line;
}

Record ChannelEvent::end() {
    is_open_ = false;
    while (text_.ends_with(wire::crlf)) text_.resize(text_.size() - wire::crlf.size());
    Record record;
    record.kind = Record::Kind::event;
    record.position = position_;
    record.time = time_;
    record.host = host_;
    record.call_id = id_;
    record.text = text_;
    record.label = label_;
    record.is_truncated = is_cut_;
    return record;
}

}  // namespace ci::logs
