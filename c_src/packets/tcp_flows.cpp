#include "packets/tcp_flows.h"

#include "packets/payload.h"

namespace ci::packets {
namespace {

constexpr std::size_t tcp_head = 20;
constexpr unsigned flag_fin = 1, flag_syn = 2, flag_rst = 4;

}  // namespace

Fate TcpFlows::decode(const IpPacket& packet, wire::Micros at) {
    const wire::Bytes octets = packet.payload;
    if (octets.size() < tcp_head) return packet.is_cut ? Fate::cut : Fate::bad_length;
    const std::size_t head = std::to_integer<std::size_t>(octets[12] >> 4U) * 4;
    if (head < tcp_head) return Fate::bad_length;
    if (head > octets.size()) return packet.is_cut ? Fate::cut : Fate::bad_length;
    const Ends ends{{packet.source, wire::be_at<std::uint16_t>(octets, 0)},
                    {packet.destination, wire::be_at<std::uint16_t>(octets, 2)},
                    packet.network};
    const auto flags = std::to_integer<unsigned>(octets[13]);
    Segment segment{wire::be_at<std::uint32_t>(octets, 4), wire::as_text(octets.subspan(head)),
                    packet.missing, at};
    const Key key = key_of(ends);
    if ((flags & flag_rst) != 0) {
        close_both(key, key_of(reversed(ends)));
        return Fate::tcp_control;
    }
    auto flow = flows_.find(key);
    if ((flags & flag_syn) != 0) {
        ++segment.sequence;  // the SYN takes one sequence number itself
        if (flow == flows_.end() || !flow->second.tcp.begins_at(segment.sequence)) {
            if (flow != flows_.end()) close(flow);
            flow = open(key, ends, segment.sequence, true);
        }
    }
    Fate fate = Fate::tcp_control;
    if (!segment.bytes.empty()) {
        if (flow == flows_.end()) {
            if (!Stream::may_begin(segment.bytes)) return fate_of(segment.bytes);
            flow = open(key, ends, segment.sequence, false);
        }
        const auto taken = add_segment(flow, segment);
        if (!taken) return fate_of(segment.bytes);
        fate = *taken;
    }
    if (flow == flows_.end()) return fate;
    ages_.splice(ages_.end(), ages_, flow->second.age);
    if ((flags & flag_fin) != 0) {
        const std::size_t size = segment.bytes.size() + segment.missing;
        flow->second.tcp.finish_at(segment.sequence + static_cast<std::uint32_t>(size));
    }
    if (flow->second.tcp.is_finished()) close(flow);
    while (held_ > limits_.bytes) close_oldest();
    return fate;
}

TcpFlows::Flows::iterator TcpFlows::open(const Key& key, const Ends& ends, std::uint32_t next,
                                         bool from_begin) {
    while (flows_.size() >= limits_.flows) close_oldest();
    const auto age = ages_.insert(ages_.end(), key);
    return flows_.try_emplace(key, Flow{TcpFlow(next, from_begin), ends, age}).first;
}

void TcpFlows::close_oldest() {
    close(flows_.find(ages_.front()));
    outlet_.count(Loss::tcp_overflow);
}

void TcpFlows::close_both(const Key& key, const Key& back) {
    for (const Key& one : {key, back}) {
        const auto flow = flows_.find(one);
        if (flow != flows_.end()) close(flow);
    }
}

void TcpFlows::close(Flows::iterator flow) {
    TcpFlow& tcp = flow->second.tcp;
    while (tcp.give_up()) deliver_all(flow->second);
    if (tcp.stream().is_unfinished()) outlet_.count(Loss::tcp_cut);
    tcp.cut();
    deliver_all(flow->second);
    held_ -= flow->second.held;
    ages_.erase(flow->second.age);
    flows_.erase(flow);
}

/// Empty: the flow carries no known protocol and has been dropped.
std::optional<Fate> TcpFlows::add_segment(Flows::iterator flow, const Segment& segment) {
    TcpFlow& tcp = flow->second.tcp;
    const Stream& stream = tcp.stream();
    const bool was_between = !tcp.waits() && !stream.is_unfinished();
    const bool is_new = tcp.add(segment.sequence, segment.bytes, segment.missing, segment.at);
    Brought brought = deliver_all(flow->second);
    while (tcp.is_overfull() && tcp.give_up()) brought |= deliver_all(flow->second);
    if (brought.sip) return Fate::sip;
    if (brought.hep || stream.carries() == Stream::Carries::hep) return Fate::hep;
    if (stream.is_hopeless() && !tcp.waits()) {
        close(flow);
        return std::nullopt;
    }
    if (!is_new) return Fate::tcp_again;
    const bool is_between = !tcp.waits() && !stream.is_unfinished();
    if (is_between && stream.carries() == Stream::Carries::websocket) return Fate::websocket;
    if (is_between && was_between && is_keepalive(segment.bytes)) return Fate::keepalive;
    return Fate::waits;
}

TcpFlows::Brought TcpFlows::deliver_all(Flow& flow) {
    Brought brought;
    while (const auto found = flow.tcp.next()) {
        Message message;
        message.bytes = wire::as_bytes(found->message);
        message.source = flow.ends.source;
        message.destination = flow.ends.destination;
        message.protocol = found->is_websocket ? proto_websocket : proto_tcp;
        flow.last = message.at = in_order(found->at, flow.last);
        message.is_cut = found->is_cut;
        message.bad_length = found->bad_length;
        message.is_hep = found->is_hep;
        (found->is_hep ? brought.hep : brought.sip) = true;
        outlet_.give(message);
    }
    const TcpFlow& tcp = flow.tcp;
    held_ += tcp.held() - flow.held;
    flow.held = tcp.held();
    const auto count = [&](Loss loss, std::uint64_t now, std::uint64_t& before) {
        outlet_.count(loss, now - before);
        before = now;
    };
    count(Loss::tcp_gap, tcp.gaps(), flow.gaps);
    count(Loss::tcp_desync, tcp.stream().desyncs(), flow.desyncs);
    count(Loss::ws_compressed, tcp.stream().locked(), flow.locked);
    return brought;
}

void TcpFlows::pass(wire::Micros now) {
    for (auto next = flows_.begin(); next != flows_.end();) {
        const auto flow = next++;
        TcpFlow& tcp = flow->second.tcp;
        while (tcp.expire(now)) deliver_all(flow->second);
        if (tcp.is_stale(now)) {
            outlet_.count(Loss::tcp_cut);
            tcp.cut();
            deliver_all(flow->second);
        }
        if (tcp.is_finished()) close(flow);
    }
}

void TcpFlows::end() {
    while (!flows_.empty()) close(flows_.begin());
}

}  // namespace ci::packets
