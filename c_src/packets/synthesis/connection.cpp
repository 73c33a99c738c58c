#include "packets/synthesis/connection.h"

#include <algorithm>

#include "packets/synthesis/stream_end.h"
#include "packets/synthesis/websocket.h"

namespace ci::synthesis {
namespace {

constexpr std::size_t tcp_header = 20;
constexpr std::string_view opened = "not seen: what opens a WebSocket connection";

/// `length`: of header and data, what is missing of them included.
std::string segment(const Path& path, std::uint16_t source, std::uint16_t destination,
                    std::uint32_t sequence, std::uint32_t acknowledged, bool is_last,
                    std::string_view data, std::size_t length) {
    constexpr unsigned ack = 0x10, push = 0x08;
    constexpr std::uint16_t window = 65'535;
    std::string bytes;
    append_16(source, bytes);
    append_16(destination, bytes);
    append_32(sequence, bytes);
    append_32(acknowledged, bytes);
    append_16((tcp_header / 4) << 12U | ack | (is_last ? push : 0U), bytes);
    append_16(window, bytes);
    append_32(0, bytes);  // checksum, urgent pointer
    bytes += data;
    const std::uint16_t sum = transport_checksum(path, protocol_tcp, bytes, length);
    bytes[16] = static_cast<char>(sum >> 8U);
    bytes[17] = static_cast<char>(sum);
    return bytes;
}

}  // namespace

void Connections::append_segments(const Way& way, std::string_view data, std::size_t missing,
                                  Nanos at, std::vector<Frame>& frames) {
    const std::size_t room = mtu - way.path.header() - tcp_header;
    while (!data.empty()) {
        const std::string_view part = data.substr(0, room);
        data.remove_prefix(part.size());
        const std::size_t lost = data.empty() ? missing : 0;
        const std::string bytes =
            segment(way.path, way.source, way.destination, way.next, way.other, data.empty(), part,
                    tcp_header + part.size() + lost);
        way.next += static_cast<std::uint32_t>(part.size() + lost);
        // A segment is no larger than the MTU, or not whole: it is one frame.
        frames.push_back({at++,
                          frames_of(way.path, protocol_tcp, bytes, lost, identification_).front(),
                          lost,
                          {}});
    }
}

void Connections::open_websocket(const Way& request, const Way& response, Nanos at,
                                 std::vector<Frame>& frames) {
    constexpr Nanos request_before = 200, response_before = 100;
    const std::size_t begin = frames.size();
    std::string host;
    wire::append(wire::Endpoint{request.path.destination, request.destination}, host);
    append_segments(request, upgrade_request(host), 0, std::max<Nanos>(0, at - request_before),
                    frames);
    append_segments(response, upgrade_response(), 0, std::max<Nanos>(0, at - response_before),
                    frames);
    for (std::size_t i = begin; i < frames.size(); ++i) frames[i].comment = opened;
}

void Connections::add(const Sent& sent, std::vector<Frame>& frames) {
    const Path there(sent.source.address, sent.destination.address);
    const Path back(sent.destination.address, sent.source.address);
    const End from{there.source, sent.source.port};
    const End to{there.destination, sent.destination.port};
    const bool is_up = from < to;
    const auto [place, is_new] =
        connections_.try_emplace(is_up ? std::pair(from, to) : std::pair(to, from));
    Connection& connection = place->second;
    std::uint32_t& sent_next = connection.next[is_up ? 0 : 1];
    std::uint32_t& got_next = connection.next[is_up ? 1 : 0];
    const Way way{there, from.port, to.port, sent_next, got_next};
    const Way reverse{back, to.port, from.port, got_next, sent_next};
    // Servers have the well-known port.
    const bool is_from_client = from.port >= to.port;
    if (is_new && sent.transport == Transport::websocket) {
        connection.is_websocket = true;
        open_websocket(is_from_client ? way : reverse, is_from_client ? reverse : way, sent.at,
                       frames);
    }
    if (connection.is_websocket) {
        append_segments(way, websocket_frame(sent.octets, is_from_client), 0, sent.at, frames);
    } else {
        constexpr std::size_t most_missing = 60'000;  // fits an IP packet with a whole segment
        append_segments(way, sent.octets, missing_on_stream(sent.octets, most_missing), sent.at,
                        frames);
    }
    frames.back().comment = sent.comment;  // where readers show what they put together
}

}  // namespace ci::synthesis
