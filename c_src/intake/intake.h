// One packet to one chunk: HEP decoded or plain SIP recognised, what it carries read, the observer
// named. What is not SIP becomes an event (event.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "hep/hep.h"
#include "intake/refused.h"
#include "wire/datagram.h"
#include "wire/reader.h"

namespace ci::intake {

struct Options {
    bool keep_bad_sip = true;  ///< under its reason's key (bad_key); else refused for that reason
    std::size_t largest_inflated = 65'536;  ///< bytes that a compressed payload may become
};

/// What a draft points to if the datagram does not hold it as it is stored. Used for packet after
/// packet, so that it costs no allocation after a while.
struct Memory {
    std::string observer, call_id, label, event;
    std::string unpacked, message;
    std::vector<chunk::Link> links;
};

struct Intake {
    chunk::Draft draft;
    std::optional<hep::Reason> damage;  ///< of the packet: stored all the same, and counted
    std::optional<Refused> complaint;   ///< about what it carries: likewise
};

/// Where SIP is kept that names no call or is none: "@bad/sip_no_call_id". What a sender could not
/// say about which call an event is: "@events/OBSERVER". No SIP message has a Call-ID like these:
/// one cannot begin with "@" (RFC 3261 25.1, callid).
inline constexpr std::string_view bad_key = "@bad/";
inline constexpr std::string_view events_key = "@events/";

/// `packet.bytes` is one packet (hep::take_packet), and `capture` what hep::decode() says of it.
/// The draft points to both, to `parser` and to `memory`.
[[nodiscard]] wire::expected<Intake, Refused> take_in(const wire::Datagram& packet,
                                                      const hep::Result<hep::Capture>& capture,
                                                      std::string_view parser, Memory& memory,
                                                      const Options& options = {});
[[nodiscard]] inline wire::expected<Intake, Refused> take_in(const wire::Datagram& packet,
                                                             std::string_view parser,
                                                             Memory& memory,
                                                             const Options& options = {}) {
    return take_in(packet, hep::decode(packet.bytes, packet.arrival), parser, memory, options);
}

}  // namespace ci::intake
