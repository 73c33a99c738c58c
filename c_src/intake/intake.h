// Makes one chunk of one packet: decodes HEP or recognises plain SIP, reads the payload, and names
// the observer. A payload that is not SIP becomes an event (event.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "hep/hep.h"
#include "intake/refused.h"
#include "logs/record.h"
#include "wire/datagram.h"
#include "wire/reader.h"

namespace ci::intake {

struct Options {
    bool keep_bad_sip = true;  ///< under bad_key and the reason; else the packet is refused
    std::size_t largest_inflated = 65'536;  ///< bytes to which a compressed payload may grow
};

/// Holds the texts of a draft that the datagram does not contain in the same form. Reused for
/// packet after packet, so that it soon needs no more allocations.
struct Memory {
    std::string observer, call_id, label, event;
    std::string c_seq, method;
    std::string unpacked, message;
    std::vector<chunk::Link> links;
};

struct Intake {
    chunk::Draft draft;
    std::optional<hep::Reason> damage;  ///< of the packet: it is stored and counted
    std::optional<Refused> complaint;   ///< about the payload: likewise
};

/// The key for SIP without a Call-ID and for text that is not SIP: "@bad/sip_no_call_id". The key
/// for events whose call the sender did not name: "@events/OBSERVER". No Call-ID begins with "@"
/// (RFC 3261 25.1, callid).
inline constexpr std::string_view bad_key = "@bad/";
inline constexpr std::string_view events_key = "@events/";

/// `packet.bytes` is one packet (hep::next_packet), and `capture` is the result of hep::decode()
/// for it. The draft points into both, into `parser` and into `memory`.
[[nodiscard]] wire::expected<Intake, Refused> make_draft(const wire::Datagram& packet,
                                                         const hep::Result<hep::Capture>& capture,
                                                         std::string_view parser, Memory& memory,
                                                         const Options& options = {});
[[nodiscard]] inline wire::expected<Intake, Refused> make_draft(const wire::Datagram& packet,
                                                                std::string_view parser,
                                                                Memory& memory,
                                                                const Options& options = {}) {
    return make_draft(packet, hep::decode(packet.bytes, packet.arrival), parser, memory, options);
}

/// The same for what a log tells. `arrival` is when the record was read. The draft points into
/// `parser` and `memory`, not into the record.
[[nodiscard]] wire::expected<Intake, Refused> make_draft(const logs::Record& record,
                                                         wire::Micros arrival,
                                                         std::string_view parser, Memory& memory,
                                                         const Options& options = {});

}  // namespace ci::intake
