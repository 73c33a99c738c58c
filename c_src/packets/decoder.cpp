#include "packets/decoder.h"

#include <algorithm>

#include "sip/message.h"

namespace ci::packets {
namespace {

constexpr int deepest = 4;
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

void Decoder::take(wire::Bytes frame, wire::Micros at) {
    if (at - swept_ >= sweep_every || at < swept_) pass(at);
    const wire::Bytes ip = strip_link(link_, frame);
    const Fate fate = ip.empty() ? Fate::not_ip : take_ip(ip, at, 1);
    ++counts_.frames;
    ++counts_.fates[static_cast<std::size_t>(fate)];
}

Fate Decoder::take_ip(wire::Bytes bytes, wire::Micros at, int depth) {
    auto packet = read_ip(bytes);
    if (!packet) return fate_of(packet.error());
    if (!packet->fragment) return take_payload(*packet, at, depth);
    if (packet->is_cut) return Fate::cut;
    std::string whole;
    std::size_t given_up = 0;
    const auto state = fragments_.add(*packet, at, whole, given_up);
    count(Loss::fragments_lost, given_up);
    if (state == Fragments::State::waits) return Fate::waits;
    if (state == Fragments::State::refused) return Fate::bad_fragment;
    const bool is_ipv6 = packet->source.family == wire::Family::ipv6;
    if (is_ipv6 && (skip_extensions(*packet) || packet->fragment)) return Fate::bad_length;
    return take_payload(*packet, at, depth);
}

Fate Decoder::take_payload(const IpPacket& packet, wire::Micros at, int depth) {
    switch (packet.protocol) {
        case proto_udp:
            return take_udp(packet, at);
        case proto_tcp:
            return take_tcp(packet, at);
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
    const auto text = wire::as_text(message.bytes);
    if (!sip::looks_like_sip(text)) return fate_of(text);
    message.source = {packet.source, wire::be_at<std::uint16_t>(datagram, 0)};
    message.destination = {packet.destination, wire::be_at<std::uint16_t>(datagram, 2)};
    message.protocol = proto_udp;
    message.at = at;
    ++counts_.messages;
    deliver_(message);
    return Fate::sip;
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
    const Key key(packet.source, packet.destination,
                  std::uint64_t{ends.source.port} << 16U | ends.destination.port);

    auto flow = flows_.find(key);
    if ((flags & rst) != 0) {
        if (flow != flows_.end()) close(flow);
        const auto back =
            flows_.find(Key(packet.destination, packet.source,
                            std::uint64_t{ends.destination.port} << 16U | ends.source.port));
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
