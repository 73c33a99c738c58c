// What became of every packet of one source: it was stored, or is counted in exactly one named
// counter. A datagram is one packet, unless it holds several HEP 3 packets.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "hep/stream.h"
#include "intake/refused.h"

namespace ci::sources {

/// Why a connection was refused or closed. The first values are hep::StreamReason's.
enum class ConnectionReason : std::uint8_t {
    stream_desync = static_cast<std::uint8_t>(hep::StreamReason::stream_desync),
    stream_eof_mid_frame = static_cast<std::uint8_t>(hep::StreamReason::stream_eof_mid_frame),
    tcp_refused_full,         ///< the maximum number was open
    tls_handshake_failed,     ///< no TLS, wrong version, no trusted certificate
    tls_handshake_slow,       ///< the handshake took too long
    tls_broken,               ///< a TLS error after the handshake
    not_allowed,              ///< the peer's address is not allowed
    tcp_refused_descriptors,  ///< the remaining descriptors are reserved for other uses
    tcp_made_room             ///< closed to make room for another connection
};
inline constexpr std::string_view connection_reason_names[] = {hep::stream_reason_names[0],
                                                               hep::stream_reason_names[1],
                                                               "tcp_refused_full",
                                                               "tls_handshake_failed",
                                                               "tls_handshake_slow",
                                                               "tls_broken",
                                                               "not_allowed",
                                                               "tcp_refused_descriptors",
                                                               "tcp_made_room"};

/// What became of packets that carry not exactly one whole message, but pieces of one or several
/// (pieces.h).
enum class Piece : std::uint8_t {
    put_together,  ///< messages assembled from several packets
    joined,        ///< packets that only continued an earlier packet's message
    further,       ///< messages after the first of their packet
    cut,           ///< messages that stayed incomplete
    no_room,       ///< messages delivered early because too many or too much waited
    tails,         ///< bytes after a message that begin no other: dropped, counted once per packet
    waiting        ///< messages incomplete now
};
inline constexpr std::string_view piece_names[] = {"put_together", "joined", "further", "cut",
                                                   "no_room",      "tails",  "waiting"};

/// Written by the source's thread, read by any thread. received = stored + sum of refused + waiting
/// + joined - further.
struct Counters {
    using Counter = std::atomic<std::uint64_t>;

    Counter received{0};
    Counter bytes{0};
    Counter stored{0};
    Counter events{0};  ///< of those: chunks that are not SIP
    std::array<Counter, intake::Refused::count> refused{};
    /// Packets stored although they, or what they carry, were damaged.
    std::array<Counter, intake::Refused::count> damaged{};
    std::array<Counter, std::size(piece_names)> pieces{};
    /// Datagrams or frames that the kernel dropped for want of room (SO_RXQ_OVFL).
    Counter kernel_dropped{0};
    Counter accepted{0};  ///< connections
    Counter open{0};      ///< connections open now
    std::array<Counter, std::size(connection_reason_names)> connections_failed{};
    std::atomic<std::int64_t> last_seen{0};  ///< wire::Micros; 0: nothing has arrived
};

}  // namespace ci::sources
