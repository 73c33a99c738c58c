// What a client of the Erlang node sends: a message of the handshake ("h"), or a packet ("p").
// Whatever it is, nothing is read beyond its end (AddressSanitizer watches), every answer is a
// packet that is understood, and a call ends.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "erlang/distribution.h"
#include "erlang/handshake.h"
#include "erlang/remote_call.h"
#include "must.h"
#include "node/call.h"
#include "node/functions.h"
#include "node/permissions.h"

namespace {

using namespace ci;
using erlang::Packet;
using erlang::Value;
using fuzz::must;

const erlang::Self self{"call_inspector@127.0.0.1", 77};

void check_packets(std::string_view stream) {
    while (!stream.empty()) {
        must(stream.size() > 4, "a packet has a length");
        const auto length = wire::be_at<std::uint32_t>(wire::as_bytes(stream), 0);
        must(length > 0 && length <= stream.size() - 4, "the length is right");
        must(erlang::decode_packet(wire::as_bytes(stream.substr(4, length))).has_value(),
             "what is sent is understood");
        stream.remove_prefix(4 + length);
    }
}

void check_handshake(wire::Bytes payload) {
    (void)erlang::decode_complement(payload);
    (void)erlang::decode_challenge_reply(payload);
    const auto client = erlang::decode_name(payload);
    if (!client) return;
    must(!client->name.empty(), "a name has characters");
    const std::string challenge = erlang::encode_challenge(*client, self.node, 1, 2);
    must(challenge.size() < erlang::max_handshake_message, "a challenge is short");
    erlang::TermWriter process;
    process.process({client->name, 1}, 1);
    must(erlang::check_term(wire::as_bytes(process.bytes())).has_value(), "a name is an atom");
}

/// Carries a call to its end, with a device that says `said`.
void check_call(erlang::RemoteCall asked, const erlang::DeviceReply& said) {
    if (asked.form == erlang::RemoteCall::Form::spawned) {
        check_packets(encode_spawned(asked, self, 1));
    }
    for (const auto kind : {Value::Kind::undef, Value::Kind::error}) {
        check_packets(encode_result(asked, Value{kind, "badarg"}, self, 1));
    }
    const auto meaning = node::meaning_of(asked.function, self);
    if (meaning.kind == node::Meaning::Kind::command) {
        must(!meaning.words.empty(), "a command has a name");
        (void)node::refusal_of(meaning.words, {});
    } else {
        check_packets(encode_result(asked, meaning.value, self, 1));
    }
    const auto device = erlang::process_of(asked.group_leader);
    const std::string peer = device ? device->node : std::string();
    node::Call call(std::move(asked), 1, self, peer);
    check_packets(call.carried_out({commands::Status::failed, "no \u00fc\n"}, {}));
    check_packets(call.device_replied(said));
    check_packets(call.device_replied({1, {}}));
    check_packets(call.device_replied(said));
    check_packets(call.device_late());
    check_packets(call.device_gone());
    must(call.has_ended(), "a call ends");
}

void check_packet(wire::Bytes payload) {
    if (payload.empty()) return;
    const auto packet = erlang::decode_packet(payload);
    if (!packet) {
        must(packet.error().at <= payload.size(), "the place is in the packet");
        return;
    }
    for (const erlang::RawTerm element : packet->elements) {
        must(fuzz::lies_within(element, wire::as_text(payload)), "an element is in the packet");
    }
    const auto said = erlang::device_reply_of(packet->message).value_or(erlang::DeviceReply{1, {}});
    (void)erlang::encoding_of(said.reply);
    if (const auto refused = erlang::encode_not_spawned(*packet)) check_packets(*refused);
    if (auto call = erlang::spawned_call_of(*packet)) check_call(*std::move(call), said);
    if (auto call = erlang::rex_call_of(packet->message)) check_call(*std::move(call), said);
    if (auto call = erlang::refused_rex_call_of(packet->refused)) {
        must(packet->message.empty(), "a message is refused or not");
        check_call(*std::move(call), said);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    if (size == 0) return 0;
    (data[0] == 'h' ? check_handshake : check_packet)(bytes.subspan(1));
    return 0;
}
