#include "packets/decoder.h"

#include <algorithm>

#include "packets/esp.h"
#include "packets/exported_pdu.h"
#include "packets/octets.h"
#include "packets/payload.h"
#include "packets/preface.h"
#include "packets/tunnels.h"
#include "sip/message.h"

namespace ci::packets {
namespace {

/// Nested IP headers; the mirror of an overlay of a mobile network has four.
constexpr int deepest = 8;
constexpr std::uint8_t proto_ipip = 4, proto_ipv6 = 41;
constexpr std::size_t udp_head = 8;
constexpr std::uint16_t sctp_port = 9899;  // SCTP over UDP (RFC 6951)
constexpr wire::Micros sweep_every = 1'000'000;

Fate fate_of_protocol(std::uint8_t protocol) {
    struct Row {
        std::uint8_t protocol;
        Fate fate;
    };
    constexpr Row rows[] = {{1, Fate::icmp},     {58, Fate::icmp},    {2, Fate::routing},
                            {88, Fate::routing}, {89, Fate::routing}, {103, Fate::routing},
                            {112, Fate::routing}};
    for (const Row& row : rows) {
        if (row.protocol == protocol) return row.fate;
    }
    return Fate::not_udp_tcp;
}

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

/// Cuts off a truncated Call-ID, which would name another call.
std::string_view without_half_call_id(std::string_view cut) {
    if (names_a_call(cut)) return cut;
    const auto lines = cut.substr(0, cut.rfind('\n') + 1);
    return sip::looks_like_sip(lines) ? lines : cut;
}

}  // namespace

void Decoder::decode(std::optional<Link> link, wire::Bytes frame, wire::Micros at) {
    if (at - swept_ >= sweep_every || at < swept_) pass(at);
    const Fate fate = !link ? Fate::link_type
                      : *link == Link::exported_pdu
                          ? decode_exported(frame, at)
                          : decode_inside(look_inside({*link, frame}), at, 0);
    ++outlet_.counts.frames;
    ++outlet_.counts.fates[static_cast<std::size_t>(fate)];
    deliver_lost();
}

/// `depth`: number of IP headers around `inside`.
Fate Decoder::decode_inside(const Inside& inside, wire::Micros at, int depth) {
    if (inside.ip.empty()) return inside.fate;
    return depth < deepest ? decode_ip(inside, at, depth + 1) : Fate::too_deep;
}

Fate Decoder::decode_exported(wire::Bytes frame, wire::Micros at) {
    const auto pdu = read_exported_pdu(frame);
    if (!pdu) return Fate::bad_length;
    const auto text = wire::as_text(pdu->bytes);
    if (!sip::looks_like_sip(text)) return fate_of(text);
    Message message;
    message.bytes = pdu->bytes;
    message.source = pdu->source;
    message.destination = pdu->destination;
    message.protocol = pdu->protocol;
    message.at = at;
    outlet_.give(message);
    return Fate::sip;
}

Fate Decoder::decode_ip(const Inside& inside, wire::Micros at, int depth) {
    auto packet = read_ip(inside.ip);
    if (!packet) return fate_of(packet.error());
    packet->trace.link = inside.link;
    packet->network = inside.network;
    if (!packet->fragment) return decode_payload(*packet, at, depth);
    if (packet->is_cut && packet->fragment->offset == 0) {
        // The snapshot length cut the first fragment, so the later ones cannot complete it.
        packet->fragment.reset();
        if (skip_extensions(*packet) || packet->fragment) return Fate::cut;
        return decode_payload(*packet, at, depth);
    }
    const bool is_cut = packet->is_cut;
    std::string whole;
    const auto state = fragments_.add(*packet, at, whole);
    if (state == Fragments::State::waits) return is_cut ? Fate::cut : Fate::waits;
    if (state == Fragments::State::refused) return is_cut ? Fate::cut : Fate::bad_fragment;
    if (skip_extensions(*packet) || packet->fragment) return Fate::bad_length;
    return decode_payload(*packet, at, depth);
}

/// The beginning of an incomplete datagram may still hold a message, cut short.
void Decoder::deliver_lost() {
    for (auto lost = fragments_.collect_lost(); !lost.empty(); lost = fragments_.collect_lost()) {
        outlet_.count(Loss::fragments_lost, lost.size());
        for (auto& [packet, payload, at] : lost) {
            if (!packet) continue;
            packet->payload = wire::as_bytes(payload);
            if (skip_extensions(*packet) || packet->fragment) continue;
            (void)decode_payload(*packet, at, 1);
        }
    }
}

Fate Decoder::decode_payload(const IpPacket& packet, wire::Micros at, int depth) {
    switch (packet.protocol) {
        case proto_udp:
            return decode_udp(packet, at, depth);
        case proto_tcp:
            return tcp_.decode(packet, at);
        case proto_sctp:
            return sctp_.decode(packet, at);
        default:
            return decode_other(packet, at, depth);
    }
}

Fate Decoder::decode_other(const IpPacket& packet, wire::Micros at, int depth) {
    constexpr std::uint8_t proto_esp = 50;
    if (packet.protocol == proto_ipip || packet.protocol == proto_ipv6) {
        return decode_inside({packet.payload, Fate::not_ip, {}, packet.network}, at, depth);
    }
    if (packet.protocol == proto_esp) {
        const auto inner = open_esp(packet);
        if (!inner) return Fate::encrypted;
        return depth < deepest ? decode_payload(*inner, at, depth + 1) : Fate::too_deep;
    }
    if (auto inside = open_protocol(packet.protocol, packet.payload)) {
        if (inside->network == 0) inside->network = packet.network;
        return decode_inside(*inside, at, depth);
    }
    return fate_of_protocol(packet.protocol);
}

Fate Decoder::decode_udp(const IpPacket& packet, wire::Micros at, int depth) {
    const wire::Bytes datagram = packet.payload;
    if (datagram.size() < udp_head) return packet.is_cut ? Fate::cut : Fate::bad_length;
    // A length beyond the captured octets is not an error. The length is 0 where the network card
    // was to segment the datagram, and in jumbograms (RFC 2675 4).
    std::size_t length = wire::be_at<std::uint16_t>(datagram, 4);
    if (length < udp_head) length = datagram.size();
    Message message;
    message.is_cut = packet.is_cut && length > datagram.size();
    message.bytes = datagram.first(std::min(length, datagram.size())).subspan(udp_head);
    message.source = {packet.source, wire::be_at<std::uint16_t>(datagram, 0)};
    message.destination = {packet.destination, wire::be_at<std::uint16_t>(datagram, 2)};
    message.protocol = proto_udp;
    message.at = at;
    message.trace = packet.trace;
    const Preface proxy = read_proxy_head(wire::as_text(message.bytes));
    if (proxy.kind == Preface::Kind::whole) message.bytes = message.bytes.subspan(proxy.size);
    const auto text = wire::as_text(message.bytes);
    if (sip::looks_like_sip(text) && !is_http(text)) {
        if (message.is_cut) message.bytes = wire::as_bytes(without_half_call_id(text));
        outlet_.give(message);
        return Fate::sip;
    }
    auto inside =
        open_udp(message.source.port, message.destination.port, message.bytes, packet.is_cut);
    if (inside) {
        if (inside->network == 0) inside->network = packet.network;
        return decode_inside(*inside, at, depth);
    }
    const bool is_sctp = message.source.port == sctp_port || message.destination.port == sctp_port;
    if (is_sctp && Sctp::is_packet(message.bytes)) {
        IpPacket inner = packet;
        inner.payload = message.bytes;
        return sctp_.decode(inner, at);
    }
    const Fate fate = decode_esp_in_udp(packet, message, at, depth);
    message.is_hep = fate == Fate::hep;
    if (message.is_hep) outlet_.give(message);
    return fate;
}

/// RFC 3948: ESP unless the first four octets are zero (IKE); one octet 0xff is a keepalive.
Fate Decoder::decode_esp_in_udp(const IpPacket& packet, const Message& message, wire::Micros at,
                                int depth) {
    constexpr std::uint16_t port = 4500;
    const bool is_port = message.source.port == port || message.destination.port == port;
    const auto text = wire::as_text(message.bytes);
    const Fate fate = fate_of(text);
    if (!is_port || fate != Fate::not_sip) return fate;
    if (text == "\xff") return Fate::keepalive;
    if (text.size() < 8 || text.starts_with(std::string_view("\0\0\0\0", 4))) return fate;
    IpPacket inner = packet;
    inner.payload = message.bytes;
    const auto opened = open_esp(inner);
    if (!opened) return Fate::encrypted;
    return depth < deepest ? decode_payload(*opened, at, depth + 1) : Fate::too_deep;
}

void Decoder::pass(wire::Micros now) {
    swept_ = now;
    fragments_.expire(now);
    deliver_lost();
    tcp_.pass(now);
    sctp_.pass(now);
}

void Decoder::end() {
    fragments_.clear();
    deliver_lost();
    tcp_.end();
    sctp_.end();
}

}  // namespace ci::packets
