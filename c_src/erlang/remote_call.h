// Calls of a function on this node, in the forms in which nodes and tools ask for them, and the
// forms of their results.
//
//   spawned   SPAWN_REQUEST of erpc:execute_call/4 with [Res, M, F, A]      erpc and rpc of OTP 23
//   on
//             result: {Res, return, Value} or {Res, error, Reason, Stack}, as the reason for which
//             the process that was spawned ends
//   server    {'$gen_call', {Pid, Tag}, {call | block_call, M, F, A, GroupLeader}} to `rex`
//             result: {Tag, Value}                                          rpc of OTP 19 to 24
//   plain     {Pid, {call, M, F, A, user | send_stdout_to_caller}} to `rex`
//             result: {rex, Value}                                          ei_rpc, erl_call
//
// Source: erpc, rpc, gen and ei_rpc of OTP 19 to 27.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "erlang/distribution.h"
#include "erlang/term_writer.h"

namespace ci::erlang {

/// A function and its arguments. `arguments` is a list, as it came.
struct Function {
    std::string module, name;
    std::string arguments;
};

/// Owns its terms: the call outlives the packet.
struct RemoteCall {
    enum class Form : std::uint8_t { spawned, server, plain };
    Form form = Form::spawned;
    std::string from;          ///< the process that asked
    std::string reference;     ///< the request's id, or the tag of the call
    std::string result;        ///< spawned: `Res`
    std::string group_leader;  ///< a process, or `user`, or `send_stdout_to_caller`
    std::uint32_t spawn_flags = 0;
    Function function;
};

/// Empty: a request to spawn something else.
[[nodiscard]] std::optional<RemoteCall> spawned_call_of(const Packet& packet);
/// A message to `rex`. Empty: not a call.
[[nodiscard]] std::optional<RemoteCall> rex_call_of(RawTerm message);

/// A call whose message the term check refused, because its arguments are nested too deeply for
/// instance. `arguments` is empty: it can only be answered by an error. Empty: not a call.
[[nodiscard]] std::optional<RemoteCall> refused_rex_call_of(RawTerm refused);

/// {'$gen_call', {Pid, Tag}, Request}
struct ServerCall {
    RawTerm from, tag, request;
};
[[nodiscard]] std::optional<ServerCall> server_call_of(RawTerm message);

/// True: a monitor or request of that reference is what `call` was made by.
[[nodiscard]] bool is_of(const RemoteCall& call, RawTerm reference);

/// What a call returns.
struct Value {
    enum class Kind : std::uint8_t {
        term,   ///< `term`, encoded without version byte
        undef,  ///< no such function
        error,  ///< `term` is the reason, an atom's name
    };
    Kind kind = Kind::term;
    std::string term;
};
[[nodiscard]] Value returned(const TermWriter& term);

/// The packet that answers a call. `process` is the number of the process that was spawned for it.
[[nodiscard]] std::string encode_result(const RemoteCall& call, const Value& value,
                                        const Self& self, std::uint32_t process);
/// The packet that says that the process was spawned.
[[nodiscard]] std::string encode_spawned(const RemoteCall& call, const Self& self,
                                         std::uint32_t process);
/// The packet that refuses a request to spawn: {31, ReqId, From, 0, notsup}. Empty: it was none.
[[nodiscard]] std::optional<std::string> encode_not_spawned(const Packet& packet);

}  // namespace ci::erlang
