// TCP connections as they would have carried what was seen: without their beginning and end, as a
// capture has them that was started and stopped in between. Only WebSocket has a beginning, the
// HTTP request and its response: without them no reader takes the frames for WebSocket's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "packets/synthesis/internet.h"
#include "packets/synthesis/sent.h"
#include "wire/endpoint.h"

namespace ci::synthesis {

class Connections {
  public:
    explicit Connections(Identification& identification) : identification_(identification) {}

    /// Appends the frames of a message that has octets. Its parts follow one another by a
    /// nanosecond; what opens a connection comes less than a microsecond before it.
    void add(const Sent& sent, std::vector<Frame>& frames);

  private:
    struct End {
        wire::Address address;
        std::uint16_t port = 0;
        friend bool operator<(const End& a, const End& b) {
            return std::tie(a.address.family, a.address.bytes, a.port) <
                   std::tie(b.address.family, b.address.bytes, b.port);
        }
    };
    struct Connection {
        bool is_websocket = false;
        std::array<std::uint32_t, 2> next{1, 1};  ///< sequence numbers, the lesser end's first
    };
    /// One direction.
    struct Way {
        const Path& path;
        std::uint16_t source, destination;
        std::uint32_t& next;
        const std::uint32_t& other;
    };

    void open_websocket(const Way& request, const Way& response, Nanos at,
                        std::vector<Frame>& frames);
    void append_segments(const Way& way, std::string_view data, std::size_t missing, Nanos at,
                         std::vector<Frame>& frames);

    Identification& identification_;
    std::map<std::pair<End, End>, Connection> connections_;
};

}  // namespace ci::synthesis
