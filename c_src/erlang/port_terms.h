// The messages between the program and the Erlang process that owns it as a port.
//
// Each message is one term in the external format in one frame (erlang/frames.h). The owner's
// side is erl/ci_port.erl; tests/data/erlang/port_terms.md holds an example of each, which the
// tests of both sides read.
//
//   program -> owner
//     {hello, {2, OsPid}}               once, first of all: protocol version, process number
//     {resp, Id, {ok, Text}}            Text::binary(), valid UTF-8, for the asker to print
//     {resp, Id, {more, Text}}          the next piece of an answer over 1 MB. Pieces come in order
//                                       and hold whole characters; {ok, Text} is the last one
//     {resp, Id, {error, {usage, Text}}}    unknown command, or wrong arguments
//     {resp, Id, {error, {failed, Text}}}   the command failed; one line that says why
//     {log, Level, Text}                Level: debug | info | warning | error
//     {event, Seq, publish, {Exchange, Key, Body}}   to be published by AMQP; Seq counts from 1
//   owner -> program
//     {req, Id, command, Args}          Args: the command's words, its name first
//     {req, Id, amqp, {Key, Body}}      a message that the owner received: routing key, JSON text
//     {req, Id, amqp, {bound, Queue, Node}}   the owner, of that node, has a queue of that name
//     {req, Id, amqp, unbound}          the owner has no queue any more: it cannot publish
//     {req, Id, amqp, leaving}          the owner is about to stop
//     {req, Id, amqp, not_understood}   the owner received a message that it cannot hand over
//     {credit, N}                       the owner takes N more events; at the beginning it takes 0
//
// Id is a number below 2^64 that the owner chooses; no other pending request may use it. Answers
// come in any order, also between the pieces of another. The program sends no atoms but those
// above, so that the owner can decode with [safe]; everything else is a binary.
//
// The answer to an amqp request that was understood is {ok, <<>>}, whatever comes of it. The answer
// to `leaving` is {ok, Body}: unless empty, Body is to be published to
// monitor/call_inspector.present.
//
// The Key of an event is the asker's unchanged Server-ID. If it reads pid://PID/QUEUE (PID ends at
// the last slash), the owner publishes with the key QUEUE and the header Deliver-To-PID: PID.
//
// A word may be a binary (taken as it is), a string (a list of characters), an atom, or an
// integer (its decimal text). The format encodes a list of small integers, such as [42], like a
// string. In the place of Args it is a list of numbers, in the place of a word a string.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "erlang/term_check.h"
#include "wire/reader.h"
#include "wire/result.h"

namespace ci::erlang {

inline constexpr int port_protocol = 2;

/// A longer text is not sent; the answer says so instead. (A frame's length has four bytes, and
/// libei counts with an int.)
inline constexpr std::size_t max_text = 1UL << 30U;

using Id = std::uint64_t;

struct Request {
    Id id = 0;
    std::vector<std::string> words;
    friend bool operator==(const Request&, const Request&) = default;
};

struct AmqpMessage {
    std::string key, body;
    friend bool operator==(const AmqpMessage&, const AmqpMessage&) = default;
};
struct AmqpBound {
    std::string queue, node;
    friend bool operator==(const AmqpBound&, const AmqpBound&) = default;
};
struct AmqpUnbound {
    friend bool operator==(const AmqpUnbound&, const AmqpUnbound&) = default;
};
struct AmqpLeaving {
    friend bool operator==(const AmqpLeaving&, const AmqpLeaving&) = default;
};
struct AmqpNotUnderstood {
    friend bool operator==(const AmqpNotUnderstood&, const AmqpNotUnderstood&) = default;
};
using Amqp = std::variant<AmqpMessage, AmqpBound, AmqpUnbound, AmqpLeaving, AmqpNotUnderstood>;

struct AmqpRequest {
    Id id = 0;
    Amqp amqp;
    friend bool operator==(const AmqpRequest&, const AmqpRequest&) = default;
};

struct Credit {
    std::uint64_t events = 0;
    friend bool operator==(const Credit&, const Credit&) = default;
};

using Incoming = std::variant<Request, AmqpRequest, Credit>;

/// Why a frame is not a request, and the request to answer.
struct Malformed {
    Rejection why;
    std::optional<Id> id;  ///< if readable: somebody waits for an answer
    friend bool operator==(const Malformed&, const Malformed&) = default;
};

/// Total: any bytes give one of the owner's messages or a Malformed.
[[nodiscard]] wire::expected<Incoming, Malformed> decode_incoming(wire::Bytes frame);

/// "malformed request: ends within a term (byte 17)\n"
std::string describe(const Malformed& malformed);

enum class Failure : std::uint8_t { usage, failed };
enum class Level : std::uint8_t { debug, info, warning, error };

// Each appends one frame, its length included, to `out`.
void append_hello(std::uint64_t os_pid, std::string& out);
void append_ok(Id id, std::string_view text, std::string& out);
void append_more(Id id, std::string_view piece, std::string& out);
void append_error(Id id, Failure failure, std::string_view text, std::string& out);
void append_log(Level level, std::string_view text, std::string& out);
void append_publish(std::uint64_t seq, std::string_view exchange, std::string_view key,
                    std::string_view body, std::string& out);

// The owner's side, for tests. Words are sent as binaries.
void append_request(const Request& request, std::string& out);
void append_request(const AmqpRequest& request, std::string& out);
void append_credit(const Credit& credit, std::string& out);

}  // namespace ci::erlang
