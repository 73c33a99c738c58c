// What a client's message is: a call, its end, a question to a server that every node has.
#include <algorithm>
#include <optional>
#include <utility>

#include "node/session.h"
#include "wire/visible.h"

namespace ci::node {
namespace {

using erlang::Operation;
using erlang::Packet;
using erlang::RawTerm;
using erlang::TermWriter;

constexpr std::uint64_t number(Operation operation) {
    return static_cast<std::uint64_t>(operation);
}

/// {19, From, To, Ref} of a process that does not exist: {21, To, From, Ref, noproc}.
std::string noproc(const Packet& packet) {
    TermWriter out;
    out.tuple(5).number(number(Operation::monitor_exit)).raw(packet.elements[1]);
    out.raw(packet.elements[0]).raw(packet.elements[2]).atom("noproc");
    return erlang::encode_packet(out.bytes());
}

std::string unlinked(const Packet& packet) {
    TermWriter out;
    out.tuple(4).number(number(Operation::unlink_ack)).raw(packet.elements[0]);
    return erlang::encode_packet(out.raw(packet.elements[2]).raw(packet.elements[1]).bytes());
}

/// What a server says to {'$gen_call', ...}; empty: it is another question.
std::optional<std::string> answer_of_net_kernel(RawTerm message) {
    const auto call = erlang::server_call_of(message);
    if (!call) return std::nullopt;
    const auto request = erlang::tuple_of(call->request);
    if (!request || request->size() != 2 || !erlang::is_atom(request->front(), "is_auth")) {
        return std::nullopt;
    }
    TermWriter out;
    return encode_send(call->from, out.tuple(2).raw(call->tag).atom("yes"));
}

/// {Pid, features_request} to rex
std::optional<std::string> features(RawTerm message, const erlang::Self& self) {
    const auto parts = erlang::tuple_of(message);
    if (!parts || parts->size() != 2 || !erlang::is_atom((*parts)[1], "features_request") ||
        !erlang::process_of((*parts)[0])) {
        return std::nullopt;
    }
    TermWriter out;
    out.tuple(3).atom("features_reply").atom(self.node).list(1).atom("erpc").nil();
    return encode_send((*parts)[0], out);
}

}  // namespace

void Session::take(wire::Bytes payload) {
    const auto packet = erlang::decode_packet(payload);
    if (!packet) {
        house_->log(inspector::Level::warning, "node: " + wire::visible_line(peer_) +
                                                   " sent what is no message: disconnected");
        return end();
    }
    struct Row {
        Operation operation;
        std::size_t elements;  ///< at least
        void (*act)(Session&, const Packet&);
    };
    using S = Session;
    using P = Packet;
    static constexpr Row rows[] = {
        {Operation::send, 2, [](S& s, const P& p) { s.take_to_process(p, p.elements[1]); }},
        {Operation::send_tt, 2, [](S& s, const P& p) { s.take_to_process(p, p.elements[1]); }},
        {Operation::send_sender, 2, [](S& s, const P& p) { s.take_to_process(p, p.elements[1]); }},
        {Operation::send_sender_tt, 2,
         [](S& s, const P& p) { s.take_to_process(p, p.elements[1]); }},
        {Operation::reg_send, 3, [](S& s, const P& p) { s.take_to_name(p); }},
        {Operation::reg_send_tt, 3, [](S& s, const P& p) { s.take_to_name(p); }},
        {Operation::monitor, 3, [](S& s, const P& p) { s.take_monitor(p); }},
        {Operation::demonitor, 3, [](S& s, const P& p) { s.take_exit(p); }},
        {Operation::exit, 2, [](S& s, const P& p) { s.take_exit(p); }},
        {Operation::exit2, 2, [](S& s, const P& p) { s.take_exit(p); }},
        {Operation::monitor_exit, 3,
         [](S& s, const P& p) {
             if (const auto call = s.call_of(p.elements[1])) s.send(call->device_gone());
         }},
        {Operation::spawn, 5, [](S& s, const P& p) { s.take_spawn(p); }},
        {Operation::spawn_tt, 6, [](S& s, const P& p) { s.take_spawn(p); }},
        {Operation::unlink_id, 3, [](S& s, const P& p) { s.send(unlinked(p)); }},
    };
    for (const Row& row : rows) {
        if (packet->is(row.operation) && packet->elements.size() >= row.elements) {
            row.act(*this, *packet);
            break;
        }
    }
    look_at_calls();
}

Session::CallPtr Session::call_of(RawTerm process) const {
    const auto wanted = erlang::process_of(process);
    const auto found = std::find_if(calls_.begin(), calls_.end(), [&](const CallPtr& call) {
        return wanted && wanted->node == self_.node && call->process() == wanted->number;
    });
    return found == calls_.end() ? nullptr : *found;
}

void Session::take_to_process(const Packet& packet, RawTerm to) {
    const auto reply = erlang::device_reply_of(packet.message);
    if (!reply) return;
    if (const auto call = call_of(to)) send(call->device_replied(*reply));
}

void Session::take_to_name(const Packet& packet) {
    const RawTerm to = packet.elements[2];
    if (erlang::is_atom(to, "net_kernel")) {
        if (auto answer = answer_of_net_kernel(packet.message)) send(*std::move(answer));
    } else if (erlang::is_atom(to, "rex")) {
        if (auto answer = features(packet.message, self_)) return send(*std::move(answer));
        if (auto call = erlang::rex_call_of(packet.message)) return begin(*std::move(call));
        if (const auto refused = erlang::refused_rex_call_of(packet.refused)) {
            send(encode_result(*refused, {erlang::Value::Kind::error, "badarg"}, self_, 0));
        }
    }
}

/// The servers that are there never end; a process that is not there has ended.
void Session::take_monitor(const Packet& packet) {
    const RawTerm to = packet.elements[1];
    if (erlang::is_atom(to, "net_kernel") || erlang::is_atom(to, "rex") || call_of(to)) return;
    send(noproc(packet));
}

/// The caller gave up, or is gone: {20, From, To, Ref}, {3 | 8, From, To, Reason}.
void Session::take_exit(const Packet& packet) {
    const bool has_reference = packet.is(Operation::demonitor);
    for (const CallPtr& call : calls_) {
        const bool is_meant = has_reference ? is_of(call->asked(), packet.elements[2])
                                            : call == call_of(packet.elements[1]);
        if (is_meant) return cancel(call);
    }
}

void Session::take_spawn(const Packet& packet) {
    if (auto call = erlang::spawned_call_of(packet)) return begin(*std::move(call));
    if (auto refused = erlang::encode_not_spawned(packet)) send(*std::move(refused));
}

}  // namespace ci::node
