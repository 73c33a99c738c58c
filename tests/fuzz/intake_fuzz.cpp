// The whole way in: each packet of any datagram gives a line that can be read back, or a named
// counter.
#include <string>

#include "intake/intake.h"
#include "must.h"

namespace ci::fuzz {
namespace {

void take(const wire::Datagram& packet, intake::Memory& memory, bool keep_bad_sip) {
    intake::Options options;
    options.keep_bad_sip = keep_bad_sip;
    const auto intake = intake::make_draft(packet, "127.0.0.1:9060", memory, options);
    if (!intake) {
        must(!intake::Refused::name(intake.error().index()).empty(), "a reason has a name");
        return;
    }
    const chunk::Draft& draft = intake->draft;
    must(!draft.call_id.empty() && !draft.label.empty(), "a chunk belongs to a call");
    must(keep_bad_sip || !draft.call_id.starts_with(intake::bad_key) ||
             draft.call_id == draft.correlation_id || !intake->complaint,
         "broken SIP is not stored where it is not wanted");
    std::string line;
    chunk::append_line(draft, line);
    const auto chunk = chunk::read_line(line);
    must(bool(chunk), "what is stored can be read");
    must(chunk->message == draft.message, "and is the message");
    must(chunk->timestamp == draft.timestamp, "and its time");
    must(chunk->event == draft.event, "and what it is");
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace ci;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    wire::Datagram packet;
    packet.peer = {{wire::Family::ipv4, {192, 0, 2, 9}}, 5060};
    packet.local = {{wire::Family::ipv4, {192, 0, 2, 10}}, 9060};
    packet.arrival = 1'795'225'829'516'444;
    intake::Memory memory;
    auto rest = wire::as_bytes(bytes);
    std::size_t taken = 0;
    do {
        packet.bytes = hep::next_packet(rest);
        fuzz::must(!packet.bytes.empty() || size == 0, "every packet takes bytes");
        taken += packet.bytes.size();
        fuzz::take(packet, memory, true);
        fuzz::take(packet, memory, false);
    } while (!rest.empty());
    fuzz::must(taken == size, "every byte is in a packet");
    return 0;
}
