#include "erlang/remote_call.h"

#include <array>

namespace ci::erlang {
namespace {

constexpr std::uint64_t number(Operation operation) {
    return static_cast<std::uint64_t>(operation);
}

bool is_spawn(const Packet& packet) {
    return (packet.is(Operation::spawn) && packet.elements.size() == 5) ||
           (packet.is(Operation::spawn_tt) && packet.elements.size() == 6);
}

/// 1 for a link and 2 for a monitor, as the reply has them.
std::uint32_t spawn_flags_of(RawTerm options) {
    std::uint32_t flags = 0;
    for (const RawTerm option : list_of(options).value_or(std::vector<RawTerm>{})) {
        const auto pair = tuple_of(option);
        const RawTerm name = pair && !pair->empty() ? pair->front() : option;
        if (is_atom(name, "link")) flags |= 1U;
        if (is_atom(name, "monitor")) flags |= 2U;
    }
    return flags;
}

std::optional<Function> function_of(RawTerm module, RawTerm name, RawTerm arguments) {
    auto module_name = atom_of(module);
    auto function_name = atom_of(name);
    if (!module_name || !function_name) return std::nullopt;
    return Function{*std::move(module_name), *std::move(function_name), std::string(arguments)};
}

bool is_call(RawTerm name) {
    return is_atom(name, "call") || is_atom(name, "block_call");
}

/// {call | block_call, M, F, A, GroupLeader}
bool take_request(RawTerm request, RemoteCall& call) {
    const auto parts = tuple_of(request);
    if (!parts || parts->size() != 5) return false;
    const std::vector<RawTerm>& part = *parts;
    if (!is_call(part[0])) return false;
    auto function = function_of(part[1], part[2], part[3]);
    if (!function) return false;
    call.function = *std::move(function);
    call.group_leader = part[4];
    return true;
}

/// [{M, F, A, []}]: as a stack that has only the function that does not exist.
void append_stack(const Function& function, TermWriter& out) {
    out.list(1).tuple(4).atom(function.module).atom(function.name).raw(function.arguments).nil();
    out.nil();
}

void append_erpc_result(const RemoteCall& call, const Value& value, TermWriter& out) {
    if (value.kind == Value::Kind::term) {
        out.tuple(3).raw(call.result).atom("return").raw(value.term);
        return;
    }
    const bool is_undef = value.kind == Value::Kind::undef;
    out.tuple(4).raw(call.result).atom("error").atom(is_undef ? "undef" : value.term);
    append_stack(call.function, out);
}

void append_rpc_result(const RemoteCall& call, const Value& value, TermWriter& out) {
    if (value.kind == Value::Kind::term) {
        out.raw(value.term);
        return;
    }
    const bool is_undef = value.kind == Value::Kind::undef;
    out.tuple(2).atom("badrpc").tuple(2).atom("EXIT");
    out.tuple(2).atom(is_undef ? "undef" : value.term);
    append_stack(call.function, out);
}

}  // namespace

std::optional<RemoteCall> spawned_call_of(const Packet& packet) {
    if (!is_spawn(packet)) return std::nullopt;
    const auto function = tuple_of(packet.elements[3]);
    const auto arguments = list_of(packet.message);
    if (!function || function->size() != 3 || !arguments || arguments->size() != 4 ||
        !is_atom((*function)[0], "erpc") || !is_atom((*function)[1], "execute_call") ||
        number_of((*function)[2]) != 4U) {
        return std::nullopt;
    }
    auto called = function_of((*arguments)[1], (*arguments)[2], (*arguments)[3]);
    if (!called) return std::nullopt;
    RemoteCall call;
    call.form = RemoteCall::Form::spawned;
    call.reference = packet.elements[0];
    call.from = packet.elements[1];
    call.group_leader = packet.elements[2];
    call.spawn_flags = spawn_flags_of(packet.elements[4]);
    call.result = (*arguments)[0];
    call.function = *std::move(called);
    return call;
}

std::optional<ServerCall> server_call_of(RawTerm message) {
    const auto parts = tuple_of(message);
    if (!parts || parts->size() != 3 || !is_atom((*parts)[0], "$gen_call")) return std::nullopt;
    const auto from = tuple_of((*parts)[1]);
    if (!from || from->size() != 2 || !process_of((*from)[0])) return std::nullopt;
    return ServerCall{(*from)[0], (*from)[1], (*parts)[2]};
}

std::optional<RemoteCall> rex_call_of(RawTerm message) {
    RemoteCall call;
    if (const auto asked = server_call_of(message)) {
        call.form = RemoteCall::Form::server;
        call.from = asked->from;
        call.reference = asked->tag;
        if (take_request(asked->request, call)) return call;
        return std::nullopt;
    }
    const auto parts = tuple_of(message);
    if (!parts || parts->size() != 2 || !process_of((*parts)[0])) return std::nullopt;
    call.form = RemoteCall::Form::plain;
    call.from = (*parts)[0];
    if (take_request((*parts)[1], call)) return call;
    return std::nullopt;
}

std::optional<RemoteCall> refused_rex_call_of(RawTerm refused) {
    const SoundElements outer = sound_elements_of(refused);
    RemoteCall call;
    if (outer.elements.size() == 2 && is_atom(outer.elements[0], "$gen_call")) {
        const auto from = tuple_of(outer.elements[1]);
        if (!from || from->size() != 2 || !process_of((*from)[0])) return std::nullopt;
        call.form = RemoteCall::Form::server;
        call.from = (*from)[0];
        call.reference = (*from)[1];
    } else if (outer.elements.size() == 1 && process_of(outer.elements[0])) {
        call.form = RemoteCall::Form::plain;
        call.from = outer.elements[0];
    } else {
        return std::nullopt;
    }
    const auto request = sound_elements_of(outer.rest).elements;
    if (request.size() < 3 || !is_call(request[0])) return std::nullopt;
    TermWriter none;
    auto function = function_of(request[1], request[2], none.nil().bytes().substr(1));
    if (!function) return std::nullopt;
    call.function = *std::move(function);
    return call;
}

bool is_of(const RemoteCall& call, RawTerm reference) {
    // From OTP 24 on a tag is [alias|Ref].
    return !reference.empty() && call.reference.ends_with(reference);
}

Value returned(const TermWriter& term) {
    return {Value::Kind::term, std::string(term.bytes().substr(1))};
}

std::string encode_result(const RemoteCall& call, const Value& value, const Self& self,
                          std::uint32_t process) {
    TermWriter out;
    switch (call.form) {
        case RemoteCall::Form::spawned:
            out.tuple(5).number(number(Operation::monitor_exit)).process(self, process);
            out.raw(call.from).raw(call.reference);
            append_erpc_result(call, value, out);
            return encode_packet(out.bytes());
        case RemoteCall::Form::server:
            out.tuple(2).raw(call.reference);
            break;
        case RemoteCall::Form::plain:
            out.tuple(2).atom("rex");
            break;
    }
    append_rpc_result(call, value, out);
    return encode_send(call.from, out);
}

std::string encode_spawned(const RemoteCall& call, const Self& self, std::uint32_t process) {
    TermWriter out;
    out.tuple(5).number(number(Operation::spawn_reply)).raw(call.reference).raw(call.from);
    out.number(call.spawn_flags).process(self, process);
    return encode_packet(out.bytes());
}

std::optional<std::string> encode_not_spawned(const Packet& packet) {
    if (!is_spawn(packet)) return std::nullopt;
    TermWriter out;
    out.tuple(5).number(number(Operation::spawn_reply)).raw(packet.elements[0]);
    out.raw(packet.elements[1]).number(0).atom("notsup");
    return encode_packet(out.bytes());
}

}  // namespace ci::erlang
