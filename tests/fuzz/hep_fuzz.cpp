// Any datagram gives a capture or a reason; and a capture, written again, is read as the same.
#include "hep/encode.h"
#include "hep/hep.h"
#include "hep/payload.h"
#include "hep/stamp.h"
#include "must.h"

namespace ci::fuzz {
namespace {

constexpr wire::Micros arrival = 1'795'225'829'516'444;

/// A HEP 2 packet may be read in several ways if its payload is not SIP, or if its time is far from
/// the arrival in either byte order: the encoder's packet, with its own time block, in another way.
bool is_ambiguous(const hep::Capture& capture) {
    constexpr wire::Micros day = wire::Micros{86'400} * 1'000'000;
    if (capture.version != 2) return false;
    return !hep::begins_with_sip(hep::skip_blanks(capture.payload)) || !capture.captured_at ||
           hep::distance(*capture.captured_at, arrival) >= day;
}

void hep_is_total(std::string_view datagram) {
    const auto decoded = hep::decode(wire::as_bytes(datagram), arrival);
    if (!decoded) {
        must(decoded.error().at <= datagram.size(), "a rejection points into the datagram");
        return;
    }
    const hep::Capture& capture = *decoded;
    must(capture.version >= 1 && capture.version <= 3, "a version is 1, 2 or 3");
    must(capture.size <= datagram.size(), "a packet ends in its datagram");
    must(lies_within(capture.payload, datagram), "the payload lies in the datagram");
    must(lies_within(capture.correlation_id, datagram), "the correlation id does");
    must(lies_within(capture.agent_name, datagram), "the agent's name does");
    must(lies_within(capture.auth_key, datagram), "the key does");
    must(!capture.damage || capture.damage->at <= datagram.size(), "damage has a place");
    must(!(capture.bad_time && capture.captured_at), "a time is good or bad");

    const auto encoded = hep::encode(capture);
    must(encoded || datagram.size() > 65'000, "what was read can be written, but for its size");
    if (!encoded || is_ambiguous(capture)) return;
    const auto decoded_again = hep::decode(wire::as_bytes(*encoded), arrival);
    must(bool(decoded_again), "what was written is read");
    const hep::Capture& again = *decoded_again;
    must(again.version == capture.version, "version");
    must(again.ip_protocol == capture.ip_protocol, "ip_protocol");
    must(again.source == capture.source && again.destination == capture.destination, "endpoints");
    must(again.payload == capture.payload && again.compressed == capture.compressed, "payload");
    must(again.payload_type == capture.payload_type, "payload type");
    must(again.correlation_id == capture.correlation_id, "correlation id");
    must(again.agent_name == capture.agent_name, "agent name");
    must(again.links == capture.links, "links");
    must(again.captured_at == capture.captured_at, "captured_at");
    must(again.capture_id == capture.capture_id ||
             (!capture.capture_id && again.capture_id == 0U && capture.version == 2),
         "capture id");
    must(!again.damage && again.size == encoded->size(), "the encoder writes whole packets");
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    ci::fuzz::hep_is_total({reinterpret_cast<const char*>(data), size});
    return 0;
}
