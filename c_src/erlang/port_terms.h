// What the program and the Erlang process that owns it as a port tell each other.
//
// Each message is one term in the external format in one frame (erlang/frames.h). The owner's
// side is erl/ci_port.erl; tests/data/erlang/port_terms.md holds an example of each, which the
// tests of both sides read.
//
//   program -> owner
//     {hello, {2, OsPid}}               first of all, once: protocol version, process number
//     {resp, Id, {ok, Text}}            Text::binary(), valid UTF-8, what the asker prints
//     {resp, Id, {more, Text}}          the next piece of an answer over 1 MB: pieces come in
//     order,
//                                       each of whole characters; the last is {resp, Id, {ok,
//                                       Text}}
//     {resp, Id, {error, {usage, Text}}}    no such command, or not with these arguments
//     {resp, Id, {error, {failed, Text}}}   the command could not do it; one line that says why
//     {log, Level, Text}                Level: debug | info | warning | error
//     {event, Seq, publish, {Exchange, Key, Body}}   to be published by AMQP; Seq counts from 1
//   owner -> program
//     {req, Id, command, Args}          Args: the command's words, its name first
//     {req, Id, amqp, {Key, Body}}      a message that the owner received: routing key, JSON text
//     {req, Id, amqp, {bound, Queue, Node}}   the owner has a queue of that name, and is that node
//     {req, Id, amqp, unbound}          it has none any more: nothing can be published
//     {req, Id, amqp, leaving}          it is about to stop
//     {req, Id, amqp, not_understood}   it received what it does not know how to hand over
//     {credit, N}                       the owner takes N events more; at the beginning it takes 0
//
// Id is a number of the owner's choice below 2^64, not used by another request under way. Answers
// come in any order, also between the pieces of another. The program sends the atoms above and no
// others, so that the owner can decode with [safe]; everything else is a binary.
//
// A request for amqp is answered with {ok, <<>>} when it was understood, whatever comes of it; for
// `leaving` with {ok, Body}: to be published to monitor/call_inspector.present, unless it is empty.
//
// Key of an event is the asker's Server-ID as it was: where it reads pid://PID/QUEUE (PID ends at
// the last slash) the owner publishes with the key QUEUE and the header Deliver-To-PID: PID.
//
// A word may be a binary (taken as it is), a string (a list of characters), an atom, or an
// integer (its decimal text). The format writes a list of small integers, such as [42], as if it
// were a string: as Args that is a list of numbers, as a word it is a string.
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

/// A longer text is not sent: the answer says so instead. (A frame's length has four bytes, and
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

/// Why a frame is no request, and whom to tell.
struct Malformed {
    Rejection why;
    std::optional<Id> id;  ///< readable although the rest is not: somebody waits for an answer
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

// The owner's side, for tests: words as binaries.
void append_request(const Request& request, std::string& out);
void append_request(const AmqpRequest& request, std::string& out);
void append_credit(const Credit& credit, std::string& out);

}  // namespace ci::erlang
