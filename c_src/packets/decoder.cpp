#include "packets/decoder.h"

#include <algorithm>

#include "packets/payload.h"
#include "packets/preface.h"
#include "sip/message.h"

namespace ci::packets {
namespace {

constexpr int deepest = 4;
constexpr std::uint8_t proto_ipip = 4, proto_ipv6 = 41;
constexpr std::size_t udp_head = 8;
constexpr std::uint16_t sctp_port = 9899;  // of SCTP in UDP (RFC 6951)
constexpr wire::Micros sweep_every = 1'000'000;

Fate fate_of(IpReason reason) {
    switch (reason) {
        case IpReason::not_ip:
            return Fate::not_ip;
        case IpReason::bad_length:
            return Fate::bad_length;
        case IpReason::cut:
            break;
    }
    return Fate::cut;
}

/// Half a Call-ID would name another call.
std::string_view without_half_call_id(std::string_view cut) {
    if (names_a_call(cut)) return cut;
    const auto lines = cut.substr(0, cut.rfind('\n') + 1);
    return sip::looks_like_sip(lines) ? lines : cut;
}

}  // namespace

void Decoder::take(wire::Bytes frame, wire::Micros at) {
    if (at - swept_ >= sweep_every || at < swept_) pass(at);
    const wire::Bytes ip = strip_link(link_, frame);
    const Fate fate = ip.empty() ? Fate::not_ip : take_ip(ip, at, 1);
    ++outlet_.counts.frames;
    ++outlet_.counts.fates[static_cast<std::size_t>(fate)];
    take_lost();
}

Fate Decoder::take_ip(wire::Bytes bytes, wire::Micros at, int depth) {
    auto packet = read_ip(bytes);
    if (!packet) return fate_of(packet.error());
    if (!packet->fragment) return take_payload(*packet, at, depth);
    const bool is_ipv6 = packet->source.family == wire::Family::ipv6;
    if (packet->is_cut && packet->fragment->offset == 0) {
        // Whatever comes of the others, this is all that there is of the begin.
        packet->fragment.reset();
        if (is_ipv6 && (skip_extensions(*packet) || packet->fragment)) return Fate::cut;
        return take_payload(*packet, at, depth);
    }
    const bool is_cut = packet->is_cut;
    std::string whole;
    const auto state = fragments_.add(*packet, at, whole);
    if (state == Fragments::State::waits) return is_cut ? Fate::cut : Fate::waits;
    if (state == Fragments::State::refused) return is_cut ? Fate::cut : Fate::bad_fragment;
    if (is_ipv6 && (skip_extensions(*packet) || packet->fragment)) return Fate::bad_length;
    return take_payload(*packet, at, depth);
}

/// Datagrams of which parts are missing: what came of their begin may hold a message.
void Decoder::take_lost() {
    for (auto lost = fragments_.take_lost(); !lost.empty(); lost = fragments_.take_lost()) {
        outlet_.count(Loss::fragments_lost, lost.size());
        for (auto& [packet, payload, at] : lost) {
            if (!packet) continue;
            packet->payload = wire::as_bytes(payload);
            const bool is_ipv6 = packet->source.family == wire::Family::ipv6;
            if (is_ipv6 && (skip_extensions(*packet) || packet->fragment)) continue;
            (void)take_payload(*packet, at, 1);
        }
    }
}

Fate Decoder::take_payload(const IpPacket& packet, wire::Micros at, int depth) {
    switch (packet.protocol) {
        case proto_udp:
            return take_udp(packet, at);
        case proto_tcp:
            return tcp_.take(packet, at);
        case proto_sctp:
            return sctp_.take(packet, at);
        case proto_ipip:
        case proto_ipv6:
            return depth < deepest ? take_ip(packet.payload, at, depth + 1) : Fate::too_deep;
        default:
            return Fate::not_udp_tcp;
    }
}

Fate Decoder::take_udp(const IpPacket& packet, wire::Micros at) {
    const wire::Bytes datagram = packet.payload;
    if (datagram.size() < udp_head) return packet.is_cut ? Fate::cut : Fate::bad_length;
    const std::size_t length = wire::be_at<std::uint16_t>(datagram, 4);
    if (length < udp_head) return Fate::bad_length;
    if (length > datagram.size() && !packet.is_cut) return Fate::bad_length;
    Message message;
    message.bytes = datagram.first(std::min(length, datagram.size())).subspan(udp_head);
    message.source = {packet.source, wire::be_at<std::uint16_t>(datagram, 0)};
    message.destination = {packet.destination, wire::be_at<std::uint16_t>(datagram, 2)};
    message.protocol = proto_udp;
    message.at = at;
    message.is_cut = length > datagram.size();
    const Preface proxy = read_proxy_head(wire::as_text(message.bytes));
    if (proxy.kind == Preface::Kind::whole) message.bytes = message.bytes.subspan(proxy.size);
    const auto text = wire::as_text(message.bytes);
    if (sip::looks_like_sip(text) && !is_http(text)) {
        if (message.is_cut) message.bytes = wire::as_bytes(without_half_call_id(text));
        outlet_.give(message);
        return Fate::sip;
    }
    const bool is_sctp = message.source.port == sctp_port || message.destination.port == sctp_port;
    if (is_sctp && Sctp::is_packet(message.bytes)) {
        IpPacket inner = packet;
        inner.payload = message.bytes;
        return sctp_.take(inner, at);
    }
    const Fate fate = fate_of(text);
    message.is_hep = fate == Fate::hep;
    if (message.is_hep) outlet_.give(message);
    return fate;
}

void Decoder::pass(wire::Micros now) {
    swept_ = now;
    fragments_.expire(now);
    take_lost();
    tcp_.pass(now);
    sctp_.pass(now);
}

void Decoder::end() {
    fragments_.clear();
    take_lost();
    tcp_.end();
    sctp_.end();
}

}  // namespace ci::packets
