#include "packets/synthesis/packetizer.h"

namespace ci::synthesis {
namespace {

constexpr std::size_t udp_header = 8;
constexpr std::size_t max_datagram = 65'535 - 20 - udp_header;

}  // namespace

void Packetizer::add(const Sent& sent, std::vector<Frame>& frames) {
    if (sent.octets.empty()) return;
    if (sent.transport == Transport::udp && sent.octets.size() <= max_datagram) {
        add_datagram(sent, frames);
    } else {
        connections_.add(sent, frames);
    }
}

void Packetizer::add_datagram(const Sent& sent, std::vector<Frame>& frames) {
    const Path path(sent.source.address, sent.destination.address);
    const std::size_t length = udp_header + sent.octets.size();
    std::string datagram;
    append_16(sent.source.port, datagram);
    append_16(sent.destination.port, datagram);
    append_16(length, datagram);
    append_16(0, datagram);
    datagram += sent.octets;
    std::uint16_t sum = transport_checksum(path, protocol_udp, datagram, length);
    if (sum == 0) sum = 0xffff;  // 0 means that there is none (RFC 768)
    datagram[6] = static_cast<char>(sum >> 8U);
    datagram[7] = static_cast<char>(sum);
    Nanos at = sent.at;
    for (std::string& frame : frames_of(path, protocol_udp, datagram, 0, identification_)) {
        frames.push_back({at++, std::move(frame), 0, {}});
    }
    frames.back().comment = sent.comment;
}

}  // namespace ci::synthesis
