#include "sources/intake.h"

namespace ci::sources {
namespace {

/// Whose clock it is. One address may send for several agents (a relay) and one agent from several
/// ports, so: address, capture id, agent name - and the parser, because ids are often left at
/// their default and a site then tells its agents apart by the port that they send to.
void name_observer(const hep::Capture& capture, const wire::Address& peer, std::string_view parser,
                   std::string& out) {
    out.clear();
    wire::append(peer, out);
    if (capture.capture_id) {
        out += '#';
        out += std::to_string(*capture.capture_id);
    }
    if (!capture.agent_name.empty()) {
        out += '/';
        out += capture.agent_name;
    }
    out += '@';
    out += parser;
}

}  // namespace

wire::expected<Intake, Refused> take_in(const Datagram& datagram, std::string_view parser,
                                        std::string& observer) {
    const auto capture = hep::decode(datagram.bytes, datagram.arrival);
    if (!capture) return Refused(capture.error().reason);
    if (capture->payload_type.value_or(hep::PayloadType::sip) != hep::PayloadType::sip) {
        return Refused(Reason::not_sip);
    }
    const auto message = sip::parse(capture->payload);
    if (!message) return Refused(message.error().reason);
    if (message->call_id.empty()) return Refused(Reason::sip_no_call_id);

    name_observer(*capture, datagram.peer.address, parser, observer);
    Intake intake;
    chunk::Draft& draft = intake.draft;
    draft.call_id = message->call_id;
    draft.parser = parser;
    draft.observer = observer;
    draft.src = capture->source;
    draft.dst = capture->destination;
    draft.timestamp = capture->captured_at.value_or(datagram.arrival);
    draft.ref_timestamp = datagram.arrival;
    draft.label = message->start_line;
    draft.c_seq = message->cseq_value;
    draft.message = capture->payload.substr(0, message->size);
    draft.correlation_id = capture->correlation_id;
    draft.capture_id = capture->capture_id;
    draft.hep_version = capture->version;
    draft.ip_protocol = capture->ip_protocol;

    using chunk::Flag;
    if (!capture->captured_at) draft.flags.set(capture->bad_time ? Flag::bad_time : Flag::no_clock);
    if (message->truncated) draft.flags.set(Flag::truncated);
    if (message->duplicate_call_id) draft.flags.set(Flag::dup_callid);
    if (capture->source.address.family == wire::Family::none ||
        capture->destination.address.family == wire::Family::none) {
        draft.flags.set(Flag::unknown_endpoint);
    }
    if (capture->damage) intake.damage = capture->damage->reason;
    return intake;
}

}  // namespace ci::sources
