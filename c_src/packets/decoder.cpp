#include "packets/decoder.h"

#include <algorithm>

#include "packets/esp.h"
#include "packets/exported_pdu.h"
#include "packets/octets.h"
#include "packets/tunnels.h"
#include "sip/message.h"

namespace ci::packets {
namespace {

/// IP headers in one another: a mirror of an overlay of a mobile network has four.
constexpr int deepest = 8;
constexpr std::uint8_t proto_ipip = 4, proto_tcp = 6, proto_udp = 17, proto_ipv6 = 41;
constexpr std::size_t udp_head = 8;
constexpr std::size_t tcp_head = 20;
constexpr wire::Micros sweep_every = 1'000'000;
constexpr auto npos = std::string_view::npos;

/// What has no SIP start line.
Fate fate_of(std::string_view payload) {
    constexpr std::string_view line_ends("\r\n\0 \t", 5);
    if (payload.find_first_not_of(line_ends) == npos || payload == "jaK") return Fate::keepalive;
    if (payload.starts_with("HEP3") || payload.starts_with("EEP1")) return Fate::hep;
    // Versions 1 and 2: the version, the length of the head, the address family.
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(payload[i]); };
    if (payload.size() > 16 && (octet(0) == 1 || octet(0) == 2) &&
        (octet(2) == 2 || octet(2) == 10) && payload.find("SIP/2.0") != npos) {
        return Fate::hep;
    }
    constexpr std::string_view stun_cookie = "\x21\x12\xa4\x42";  // RFC 5389 6
    if (payload.size() >= 20 && payload.substr(4, 4) == stun_cookie) return Fate::stun;
    return Fate::not_sip;
}

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

}  // namespace

void Decoder::take(std::optional<Link> link, wire::Bytes frame, wire::Micros at) {
    if (at - swept_ >= sweep_every || at < swept_) pass(at);
    const Fate fate = !link ? Fate::link_type
                      : *link == Link::exported_pdu
                          ? take_exported(frame, at)
                          : take_inside(look_inside({*link, frame}), at, 0);
    ++counts_.frames;
    ++counts_.fates[static_cast<std::size_t>(fate)];
}

/// `depth`: how many IP headers are around it.
Fate Decoder::take_inside(const Inside& inside, wire::Micros at, int depth) {
    if (inside.ip.empty()) return inside.fate;
    return depth < deepest ? take_ip(inside, at, depth + 1) : Fate::too_deep;
}

Fate Decoder::take_exported(wire::Bytes frame, wire::Micros at) {
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
    ++counts_.messages;
    deliver_(message);
    return Fate::sip;
}

Fate Decoder::take_ip(const Inside& inside, wire::Micros at, int depth) {
    auto packet = read_ip(inside.ip);
    if (!packet) return fate_of(packet.error());
    packet->trace.link = inside.link;
    packet->network = inside.network;
    if (!packet->fragment) return take_payload(*packet, at, depth);
    if (packet->is_cut) return Fate::cut;
    std::string whole;
    std::size_t given_up = 0;
    const auto state = fragments_.add(*packet, at, whole, given_up);
    count(Loss::fragments_lost, given_up);
    if (state == Fragments::State::waits) return Fate::waits;
    if (state == Fragments::State::refused) return Fate::bad_fragment;
    if (skip_extensions(*packet) || packet->fragment) return Fate::bad_length;
    return take_payload(*packet, at, depth);
}

Fate Decoder::take_payload(const IpPacket& packet, wire::Micros at, int depth) {
    switch (packet.protocol) {
        case proto_udp:
            return take_udp(packet, at, depth);
        case proto_tcp:
            return take_tcp(packet, at);
        default:
            return take_other(packet, at, depth);
    }
}

Fate Decoder::take_other(const IpPacket& packet, wire::Micros at, int depth) {
    constexpr std::uint8_t proto_esp = 50;
    if (packet.protocol == proto_ipip || packet.protocol == proto_ipv6) {
        return take_inside({packet.payload, Fate::not_ip, {}, packet.network}, at, depth);
    }
    if (packet.protocol == proto_esp) {
        const auto inner = open_esp(packet);
        if (!inner) return Fate::encrypted;
        return depth < deepest ? take_payload(*inner, at, depth + 1) : Fate::too_deep;
    }
    if (auto inside = open_protocol(packet.protocol, packet.payload)) {
        if (inside->network == 0) inside->network = packet.network;
        return take_inside(*inside, at, depth);
    }
    return fate_of_protocol(packet.protocol);
}

Fate Decoder::take_udp(const IpPacket& packet, wire::Micros at, int depth) {
    const wire::Bytes datagram = packet.payload;
    if (datagram.size() < udp_head) return packet.is_cut ? Fate::cut : Fate::bad_length;
    // What is there is taken, whatever the length says beyond it. None stands where the card was to
    // cut the datagram, and in jumbograms (RFC 2675 4).
    std::size_t length = wire::be_at<std::uint16_t>(datagram, 4);
    if (length < udp_head || length > datagram.size()) length = datagram.size();
    Message message;
    message.bytes = datagram.first(length).subspan(udp_head);
    message.source = {packet.source, wire::be_at<std::uint16_t>(datagram, 0)};
    message.destination = {packet.destination, wire::be_at<std::uint16_t>(datagram, 2)};
    const auto text = wire::as_text(message.bytes);
    if (!sip::looks_like_sip(text)) {
        auto inside =
            open_udp(message.source.port, message.destination.port, message.bytes, packet.is_cut);
        if (!inside) return take_esp_in_udp(packet, message, at, depth);
        if (inside->network == 0) inside->network = packet.network;
        return take_inside(*inside, at, depth);
    }
    message.protocol = proto_udp;
    message.at = at;
    message.trace = packet.trace;
    ++counts_.messages;
    deliver_(message);
    return Fate::sip;
}

/// RFC 3948: ESP where no zero stands, and keepalives of one octet.
Fate Decoder::take_esp_in_udp(const IpPacket& packet, const Message& message, wire::Micros at,
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
    return depth < deepest ? take_payload(*opened, at, depth + 1) : Fate::too_deep;
}

Fate Decoder::take_tcp(const IpPacket& packet, wire::Micros at) {
    constexpr unsigned fin = 1, syn = 2, rst = 4;
    const wire::Bytes segment = packet.payload;
    if (segment.size() < tcp_head) return packet.is_cut ? Fate::cut : Fate::bad_length;
    const std::size_t head = std::to_integer<std::size_t>(segment[12] >> 4U) * 4;
    if (head < tcp_head) return Fate::bad_length;
    if (head > segment.size()) return packet.is_cut ? Fate::cut : Fate::bad_length;
    const Ends ends{{packet.source, wire::be_at<std::uint16_t>(segment, 0)},
                    {packet.destination, wire::be_at<std::uint16_t>(segment, 2)}};
    const auto flags = std::to_integer<unsigned>(segment[13]);
    auto sequence = wire::be_at<std::uint32_t>(segment, 4);
    const auto bytes = wire::as_text(segment.subspan(head));
    const std::uint64_t network = std::uint64_t{packet.network} << 40U;
    const Key key(packet.source, packet.destination,
                  network | std::uint64_t{ends.source.port} << 16U | ends.destination.port);

    auto flow = flows_.find(key);
    if ((flags & rst) != 0) {
        if (flow != flows_.end()) close(flow);
        const auto back = flows_.find(
            Key(packet.destination, packet.source,
                network | std::uint64_t{ends.destination.port} << 16U | ends.source.port));
        if (back != flows_.end()) close(back);
        return Fate::tcp_control;
    }
    if ((flags & syn) != 0) {
        ++sequence;  // the SYN has a number itself
        if (flow == flows_.end() || !flow->second.tcp.begins_at(sequence)) {
            if (flow != flows_.end()) close(flow);
            flow = open(key, ends, sequence, true);
        }
    }
    Fate fate = Fate::tcp_control;
    if (!bytes.empty()) {
        if (flow == flows_.end()) {
            if (find_start_line(bytes) == npos) return fate_of(bytes);
            flow = open(key, ends, sequence, false);
        }
        const auto taken = take_segment(flow, sequence, bytes, at);
        if (!taken) return fate_of(bytes);
        fate = *taken;
    }
    if (flow == flows_.end()) return fate;
    ages_.splice(ages_.end(), ages_, flow->second.age);
    if ((flags & fin) != 0) {
        flow->second.tcp.finish_at(sequence + static_cast<std::uint32_t>(bytes.size()));
    }
    if (flow->second.tcp.is_finished()) close(flow);
    while (held_ > limits_.flow_bytes) close_oldest();
    return fate;
}

Decoder::Flows::iterator Decoder::open(const Key& key, const Ends& ends, std::uint32_t next,
                                       bool from_begin) {
    while (flows_.size() >= limits_.flows) close_oldest();
    const auto age = ages_.insert(ages_.end(), key);
    return flows_.try_emplace(key, Flow{TcpFlow(next, from_begin), ends, age}).first;
}

void Decoder::close_oldest() {
    close(flows_.find(ages_.front()));
    count(Loss::tcp_overflow);
}

void Decoder::close(Flows::iterator flow) {
    TcpFlow& tcp = flow->second.tcp;
    while (tcp.give_up()) deliver_all(flow->second);
    if (tcp.stream().is_unfinished()) count(Loss::tcp_cut);
    held_ -= flow->second.held;
    ages_.erase(flow->second.age);
    flows_.erase(flow);
}

/// Empty: it was no SIP, and the flow is gone.
std::optional<Fate> Decoder::take_segment(Flows::iterator flow, std::uint32_t sequence,
                                          std::string_view bytes, wire::Micros at) {
    TcpFlow& tcp = flow->second.tcp;
    const bool was_between = tcp.held() == 0 && tcp.stream().is_synced();
    const bool is_new = tcp.add(sequence, bytes, at);
    const bool brought = deliver_all(flow->second);
    const SipStream& stream = tcp.stream();
    if (!stream.is_sip() && !stream.is_synced()) {
        close(flow);
        return std::nullopt;
    }
    if (brought) return Fate::sip;
    if (!is_new) return Fate::tcp_again;
    return was_between && tcp.held() == 0 && stream.is_synced() ? Fate::keepalive : Fate::waits;
}

bool Decoder::deliver_all(Flow& flow) {
    const std::uint64_t before = counts_.messages;
    while (const auto found = flow.tcp.next()) {
        Message message;
        message.bytes = wire::as_bytes(found->message);
        message.source = flow.ends.source;
        message.destination = flow.ends.destination;
        message.protocol = proto_tcp;
        message.at = found->at;
        ++counts_.messages;
        deliver_(message);
    }
    held_ += flow.tcp.held() - flow.held;
    flow.held = flow.tcp.held();
    count(Loss::tcp_gap, flow.tcp.gaps() - flow.gaps);
    flow.gaps = flow.tcp.gaps();
    count(Loss::tcp_desync, flow.tcp.stream().desyncs() - flow.desyncs);
    flow.desyncs = flow.tcp.stream().desyncs();
    return counts_.messages != before;
}

void Decoder::pass(wire::Micros now) {
    swept_ = now;
    count(Loss::fragments_lost, fragments_.expire(now));
    for (auto next = flows_.begin(); next != flows_.end();) {
        const auto flow = next++;
        while (flow->second.tcp.expire(now)) deliver_all(flow->second);
        if (flow->second.tcp.is_finished()) close(flow);
    }
}

void Decoder::end() {
    count(Loss::fragments_lost, fragments_.clear());
    while (!flows_.empty()) close(flows_.begin());
}

void Decoder::count(Loss loss, std::uint64_t how_many) noexcept {
    counts_.losses[static_cast<std::size_t>(loss)] += how_many;
}

}  // namespace ci::packets
