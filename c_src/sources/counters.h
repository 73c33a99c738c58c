// What became of every packet of one source: stored, or in exactly one named counter. A datagram is
// one packet, but for several HEP 3 packets in one.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "hep/stream.h"
#include "intake/refused.h"

namespace ci::sources {

/// Why a connection was not taken, or had to be closed. The first ones are hep::StreamReason's.
enum class ConnectionReason : std::uint8_t {
    stream_desync = static_cast<std::uint8_t>(hep::StreamReason::stream_desync),
    stream_eof_mid_frame = static_cast<std::uint8_t>(hep::StreamReason::stream_eof_mid_frame),
    tcp_refused_full,         ///< as many were open as may be
    tls_handshake_failed,     ///< no TLS, or none that we take, or no certificate that we trust
    tls_handshake_slow,       ///< not done in time
    tls_broken,               ///< what came later was no TLS
    not_allowed,              ///< from an address that may not send here
    tcp_refused_descriptors,  ///< the others that the process may have are kept back
    tcp_made_room             ///< idle, or one of very many of its peer, and others came
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

/// What became of packets that carry no single whole message, but pieces of one or several
/// (pieces.h).
enum class Piece : std::uint8_t {
    put_together,  ///< messages made of several packets
    joined,        ///< packets that went on an earlier one's message and began none
    further,       ///< messages behind the first one of their packet
    cut,           ///< messages that stayed unfinished
    no_room,       ///< of these: let go early, because too much waited
    tails,         ///< bytes behind a message that begin none: dropped, once each
    waiting        ///< messages begun and not whole yet, now
};
inline constexpr std::string_view piece_names[] = {"put_together", "joined", "further", "cut",
                                                   "no_room",      "tails",  "waiting"};

/// Written by the source's thread, read by anyone. received = stored + the sum of refused + waiting
/// + joined - further.
struct Counters {
    using Counter = std::atomic<std::uint64_t>;

    Counter received{0};
    Counter bytes{0};
    Counter stored{0};
    Counter events{0};  ///< of those stored: what is not SIP
    std::array<Counter, intake::Refused::count> refused{};
    /// Stored although something was wrong with the packet or with what it carries.
    std::array<Counter, intake::Refused::count> damaged{};
    std::array<Counter, std::size(piece_names)> pieces{};
    /// Never seen: the kernel had no room (SO_RXQ_OVFL).
    Counter kernel_dropped{0};
    Counter accepted{0};  ///< connections
    Counter open{0};      ///< connections, now
    std::array<Counter, std::size(connection_reason_names)> connections_failed{};
    std::atomic<std::int64_t> last_seen{0};  ///< wire::Micros; 0: nothing came yet
};

}  // namespace ci::sources
