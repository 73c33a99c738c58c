#include "packets/stream.h"

#include <algorithm>

#include "packets/preface.h"
#include "wire/text.h"

namespace ci::packets {
namespace {

using wire::npos;
constexpr std::size_t max_first_line =
    std::size_t{8} * 1'024;  ///< of a line that may be a start line

/// Kind::more: `bytes` may become HEP's magic.
Preface::Kind begins_hep(std::string_view bytes) {
    for (const std::string_view magic : {"HEP3", "EEP1"}) {
        if (bytes.starts_with(magic)) return Preface::Kind::whole;
        if (!bytes.empty() && magic.starts_with(bytes)) return Preface::Kind::more;
    }
    return Preface::Kind::none;
}

}  // namespace

bool Stream::may_begin(std::string_view bytes) {
    return find_start_line(bytes) != npos || read_upgrade(bytes).kind != Preface::Kind::none ||
           read_proxy_head(bytes).kind != Preface::Kind::none || find_hep(bytes) != npos ||
           find_sip_frame(bytes, 0) != npos;
}

std::optional<Found> Stream::next() {
    Found found;
    while (kept_.empty()) {
        const bool goes_on = std::holds_alternative<Begin>(state_)    ? decide()
                             : std::holds_alternative<Search>(state_) ? search()
                                                                      : step(found);
        if (!found.message.empty()) return found;
        if (!goes_on && kept_.empty()) return std::nullopt;
    }
    current_ = std::move(kept_.front());
    kept_.pop_front();
    current_.found.message = current_.text;
    return current_.found;
}

template <class Reader>
void Stream::begin(Carries what, Reader reader) {
    if (what != carries_) is_sure_ = false;
    carries_ = what;
    state_ = std::move(reader);
}

/// Decides what the connection carries by its first bytes. False: more bytes are needed.
bool Stream::decide() {
    const auto bytes = buffer_.rest();
    if (bytes.empty()) return false;
    const Preface proxy = read_proxy_head(bytes);
    const Preface upgrade = read_upgrade(bytes);
    const auto hep = begins_hep(bytes);
    if (proxy.kind == Preface::Kind::whole) {
        buffer_.skip(proxy.size);
    } else if (upgrade.kind == Preface::Kind::whole) {
        buffer_.skip(upgrade.size);
        begin(Carries::websocket, WebSocketReader());
    } else if (hep == Preface::Kind::whole) {
        begin(Carries::hep, HepReader());
    } else if (proxy.kind == Preface::Kind::none && upgrade.kind == Preface::Kind::none &&
               hep == Preface::Kind::none) {
        state_ = SipReader(false);
    } else {
        return false;
    }
    return true;
}

/// Drops the bytes before the next recognisable beginning. False: there is none yet.
bool Stream::search() {
    const auto bytes = buffer_.rest();
    if (bytes.empty()) return false;
    const std::size_t segment = buffer_.last_segment();
    const auto last = bytes.substr(std::min(segment, bytes.size()));
    if (read_upgrade(last).kind != Preface::Kind::none ||
        read_proxy_head(last).kind == Preface::Kind::whole) {
        buffer_.skip(segment);
        state_ = Begin{};
        return true;
    }
    const std::size_t hep = find_hep(bytes);
    const std::size_t frame = find_sip_frame(bytes, segment);
    const std::size_t line = find_start_line(bytes, std::get<Search>(state_).is_line);
    if (hep != npos) {
        buffer_.skip(hep);
        begin(Carries::hep, HepReader());
    } else if (frame != npos && frame <= line) {
        buffer_.skip(frame);
        begin(Carries::websocket, WebSocketReader());
    } else if (line != npos && !ends_in_hep_payload_head(bytes.substr(0, line))) {
        buffer_.skip(line);
        begin(Carries::sip, SipReader(true));
    } else {
        if (line != npos) carries_ = Carries::hep;  // the start line is within a HEP packet
        // An unfinished line may become a start line.
        const auto end = bytes.rfind('\n');
        const std::size_t done = end == npos ? 0 : end + 1;
        const bool is_too_long = bytes.size() - done > max_first_line;
        if (done > 0 || is_too_long) state_ = Search{!is_too_long};
        buffer_.skip(is_too_long ? bytes.size() : done);
        return false;
    }
    just_found_ = true;
    return true;
}

/// True: call again, or `found` is a message.
bool Stream::step(Found& found) {
    auto& state = state_;
    const auto take = [&](auto& reader) {
        if constexpr (requires { reader.next(buffer_, found); }) {
            return reader.next(buffer_, found);
        } else {
            return Progress::more;
        }
    };
    const Progress step = std::visit(take, state);
    if (step != Progress::found && step != Progress::unsure) found = Found{};
    switch (step) {
        case Progress::more:
            return false;
        case Progress::lost:
            lost();
            return true;
        case Progress::locked:
            ++locked_;
            break;
        case Progress::unsure:
            state_ = Search{true};
            break;
        case Progress::found:
        case Progress::passed:
            break;
    }
    if (found.bad_length) ++desyncs_;
    if (std::holds_alternative<SipReader>(state_) || step == Progress::unsure)
        carries_ = Carries::sip;
    is_sure_ = true;
    just_found_ = false;
    return true;
}

void Stream::lost() {
    const bool is_known = keep_cut();
    if (is_known) is_sure_ = true;
    if (is_known && carries_ == Carries::unknown) carries_ = Carries::sip;
    if (is_sure_) {
        ++desyncs_;
    } else {
        carries_ = Carries::unknown;
    }
    // The search must not hit this place again. A frame that cannot continue a WebSocket message is
    // an exception: it may begin one.
    if (just_found_ || !std::holds_alternative<WebSocketReader>(state_)) {
        buffer_.skip(std::min<std::size_t>(buffer_.size(), 1));
    }
    just_found_ = false;
    state_ = Search{false};
}

void Stream::keep(const Found& found) {
    kept_.push_back({std::string(found.message), found});
}

/// False: the unfinished message names no call.
bool Stream::keep_cut() {
    Found found;
    bool is_one = false;
    if (auto* const sip = std::get_if<SipReader>(&state_)) is_one = sip->read_cut(buffer_, found);
    if (auto* const frames = std::get_if<WebSocketReader>(&state_)) {
        is_one = frames->read_cut(buffer_, found);
    }
    if (is_one) keep(found);
    return is_one;
}

void Stream::lose() {
    std::deque<Kept> whole;
    while (const auto found = next()) whole.push_back({std::string(found->message), *found});
    kept_ = std::move(whole);
    if (keep_cut() && carries_ == Carries::unknown) carries_ = Carries::sip;
    buffer_.skip(buffer_.size());
    just_found_ = false;
    state_ = Search{false};
}

bool Stream::is_unfinished() const noexcept {
    if (const auto* const frames = std::get_if<WebSocketReader>(&state_)) {
        return frames->is_unfinished(buffer_);
    }
    const bool reads =
        std::holds_alternative<SipReader>(state_) || std::holds_alternative<HepReader>(state_);
    return reads && !buffer_.empty();
}

std::size_t Stream::held() const noexcept {
    std::size_t size = buffer_.size();
    if (const auto* const frames = std::get_if<WebSocketReader>(&state_)) size += frames->held();
    for (const Kept& kept : kept_) size += kept.text.size();
    return size;
}

}  // namespace ci::packets
