// The whole way in: any datagram gives a line that can be read back, or a named counter.
#include <string>

#include "must.h"
#include "sources/intake.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace ci;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    sources::Datagram datagram;
    datagram.bytes = wire::as_bytes(bytes);
    datagram.peer = {{wire::Family::ipv4, {192, 0, 2, 9}}, 5060};
    datagram.arrival = 1'795'225'829'516'444;
    sources::Memory memory;
    const auto intake = sources::take_in(datagram, "127.0.0.1:9060", memory);
    if (!intake) {
        fuzz::must(!sources::Refused::name(intake.error().index()).empty(), "a reason has a name");
        return 0;
    }
    const chunk::Draft& draft = intake->draft;
    fuzz::must(!draft.call_id.empty() && !draft.label.empty(), "a chunk belongs to a call");
    fuzz::must(fuzz::lies_within(draft.message, bytes), "the message is a part of the datagram");
    std::string line;
    chunk::append_line(draft, line);
    const auto chunk = chunk::read_line(line);
    fuzz::must(bool(chunk), "what is stored can be read");
    fuzz::must(chunk->message == draft.message, "and is the message");
    fuzz::must(chunk->timestamp == draft.timestamp, "and its time");
    return 0;
}
