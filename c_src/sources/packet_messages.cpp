#include "sources/packet_messages.h"

namespace ci::sources {

void PacketMessages::add(const packets::Message& message, wire::Micros arrival) {
    bytes_ += wire::as_text(message.bytes);
    ends_.push_back(bytes_.size());
    Datagram& datagram = waiting_.emplace_back();
    datagram.peer = message.source;
    datagram.local = message.destination;
    datagram.arrival = message.is_hep ? message.at : arrival;
    if (message.is_hep) return;  // as if it had been sent to us
    datagram.captured =
        Datagram::Captured{message.at, message.protocol, message.is_cut, message.bad_length};
}

void PacketMessages::hand_over() {
    if (waiting_.empty()) return;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
        waiting_[i].bytes = wire::as_bytes(bytes_).subspan(begin, ends_[i] - begin);
    }
    receiver_.take(waiting_);
    waiting_.clear();
    ends_.clear();
    bytes_.clear();
}

}  // namespace ci::sources
