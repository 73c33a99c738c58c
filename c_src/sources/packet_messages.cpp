#include "sources/packet_messages.h"

namespace ci::sources {

void PacketMessages::add(const packets::Message& message, wire::Micros arrival) {
    bytes_ += wire::as_text(message.bytes);
    const packets::Trace trace = message.trace.value_or(packets::Trace{});
    packets::append(trace.link, macs_);
    ends_.push_back({bytes_.size(), macs_.size()});
    wire::Datagram& datagram = waiting_.emplace_back();
    datagram.peer = message.source;
    datagram.local = message.destination;
    datagram.arrival = message.is_hep ? message.at : arrival;
    if (message.is_hep) return;  // treated as sent to this program
    datagram.captured = wire::Datagram::Captured{message.at,
                                                 message.protocol,
                                                 message.is_cut,
                                                 message.bad_length,
                                                 {trace.ip_id, trace.ttl, {}}};
}

void PacketMessages::hand_over() {
    if (waiting_.empty()) return;
    End begin{0, 0};
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        const End end = ends_[i];
        waiting_[i].bytes = wire::as_bytes(bytes_).subspan(begin.bytes, end.bytes - begin.bytes);
        if (waiting_[i].captured) {
            waiting_[i].captured->trace.mac =
                std::string_view(macs_).substr(begin.macs, end.macs - begin.macs);
        }
        begin = end;
    }
    receiver_.receive(waiting_);
    waiting_.clear();
    ends_.clear();
    bytes_.clear();
    macs_.clear();
}

}  // namespace ci::sources
