#include "sources/pieces.h"

#include <cstdlib>

namespace ci::sources {
namespace {

constexpr std::uint8_t udp = 17;

void put_end(const wire::Endpoint& end, std::string& out) {
    out += static_cast<char>(end.address.family);
    out.append(reinterpret_cast<const char*>(end.address.bytes.data()), end.address.bytes.size());
    out += static_cast<char>(end.port >> 8U);
    out += static_cast<char>(end.port & 0xffU);
}

/// The observer and the connection of a packet.
std::string key_of(const wire::Datagram& packet, const hep::Capture& capture) {
    std::string key;
    put_end({packet.peer.address, 0}, key);
    put_end(capture.source, key);
    put_end(capture.destination, key);
    key += static_cast<char>(capture.ip_protocol);
    key += capture.capture_id ? std::to_string(*capture.capture_id) : std::string();
    key += '/';
    key += capture.agent_name;
    return key;
}

}  // namespace

bool Pieces::concern(const hep::Capture& capture) noexcept {
    using hep::PayloadType;
    const auto type = capture.payload_type.value_or(PayloadType::sip);
    const bool is_sip = type == PayloadType::sip || type == PayloadType::reserved;
    const bool is_stream = capture.ip_protocol != udp && capture.ip_protocol != 0;
    return is_sip && is_stream && !capture.compressed && !capture.damage;
}

void Pieces::add(const wire::Datagram& packet, const hep::Capture& capture, Clock::time_point now) {
    if (held_.empty()) return read(packet, capture, now, capture.payload, false);
    const auto found = index_.find(key_of(packet, capture));
    const std::size_t taken =
        found == index_.end() ? 0 : go_on(found->second, packet, capture, now);
    read(packet, capture, now, capture.payload.substr(taken), taken > 0);
}

/// Handles the messages that begin in this packet.
void Pieces::read(const wire::Datagram& packet, const hep::Capture& capture, Clock::time_point now,
                  std::string_view rest, bool is_continued) {
    using Kind = intake::Front::Kind;
    const auto deliver = [&](std::string_view payload) {
        hep::Capture part = capture;
        part.payload = payload;
        deliver_(packet, part);
    };
    std::size_t begun = 0;
    for (;;) {
        const bool is_first = begun == 0 && !is_continued;
        if (!is_first) rest = intake::skip_between(rest);
        if (!is_first && rest.empty()) break;
        const intake::Front front = intake::front_of(rest);
        if (front.kind == Kind::other && !is_first) {
            count(Piece::tails);
            break;
        }
        if (begun++ > 0) count(Piece::further);
        if (front.kind == Kind::unfinished) {
            hold(packet, capture, now, rest);
            return;
        }
        if (front.kind == Kind::cut) count(Piece::cut);
        deliver(rest.substr(0, front.size));
        rest.remove_prefix(front.size);
    }
    if (begun == 0) count(Piece::joined);
}

/// Adds the packet to the message. Returns how much of its payload belongs to it.
std::size_t Pieces::go_on(List::iterator held, const wire::Datagram& packet,
                          const hep::Capture& capture, Clock::time_point now) {
    if (std::abs(packet.arrival - held->begun) > max_time) {
        release(held);
        return 0;
    }
    const std::size_t before = held->message.bytes().size();
    const std::size_t taken = held->message.append(capture.payload);
    bytes_ = bytes_ - before + held->message.bytes().size();
    if (taken > 0) {
        held->packet.arrival = packet.arrival;
        held->capture.captured_at = capture.captured_at;
        held->capture.bad_time = capture.bad_time;
        held->newest = now;
        held->is_joined = true;
    }
    const bool is_over = held->message.is_whole() || taken < capture.payload.size();
    if (is_over || held->message.size() > max_message) {
        release(held);
        return taken;
    }
    held_.splice(held_.end(), held_, held);
    make_room(0, 0);
    return taken;
}

void Pieces::hold(const wire::Datagram& packet, const hep::Capture& capture, Clock::time_point now,
                  std::string_view bytes) {
    Held held{key_of(packet, capture),
              intake::BegunMessage(bytes),
              packet,
              capture,
              {},
              {},
              {},
              packet.arrival,
              now,
              false};
    held.packet.bytes = {};
    held.capture.auth_key = {};
    held.correlation_id = capture.correlation_id;
    held.agent_name = capture.agent_name;
    held.links = capture.links;
    const std::size_t size = held.message.bytes().size();
    make_room(1, size);
    bytes_ += size;
    const auto place = held_.insert(held_.end(), std::move(held));
    index_.insert_or_assign(place->key, place);
    counts_[static_cast<std::size_t>(Piece::waiting)] = held_.size();
    if (place->message.size() > max_message) release(place);
}

void Pieces::make_room(std::size_t messages, std::size_t bytes) {
    while (!held_.empty() &&
           (held_.size() + messages > max_messages || bytes_ + bytes > max_bytes)) {
        count(Piece::no_room);
        release(held_.begin());
    }
}

void Pieces::release(List::iterator held) {
    if (!held->message.is_whole()) {
        count(Piece::cut);
    } else if (held->is_joined) {
        count(Piece::put_together);
    }
    index_.erase(held->key);
    bytes_ -= held->message.bytes().size();
    released_.splice(released_.end(), held_, held);
    counts_[static_cast<std::size_t>(Piece::waiting)] = held_.size();
    hep::Capture& capture = held->capture;
    capture.payload = held->message.bytes();
    capture.correlation_id = held->correlation_id;
    capture.agent_name = held->agent_name;
    capture.links = held->links;
    deliver_(held->packet, capture);
}

void Pieces::expire(Clock::time_point now) {
    while (!held_.empty() && held_.front().newest + patience <= now) release(held_.begin());
}

void Pieces::finish() {
    while (!held_.empty()) release(held_.begin());
}

std::optional<Pieces::Clock::time_point> Pieces::deadline() const noexcept {
    if (held_.empty()) return std::nullopt;
    return held_.front().newest + patience;
}

}  // namespace ci::sources
