// What others say over AMQP: Kazoo's questions, and what inspectors tell each other.
//
// Bodies are JSON objects. Kazoo's (kapi_inspector.erl, as captured from 4.x and 5.x):
//
//   monitor/call_inspector.lookup   Event-Name lookup_req   Call-ID, Server-ID
//   monitor/call_inspector.filter   Event-Name filter_req   Call-IDs (a list), Server-ID
//
// All have App-Name, App-Version, Event-Category (call_inspector), Event-Name, Msg-ID; a question
// without Server-ID has nobody who could be answered. Ours, which Kazoo's own inspector ignores:
//
//   monitor/call_inspector.present  Event-Name present      Instance, Server-ID [, Leaving]
//   monitor/call_inspector.gather   Event-Name gather_req   Instance, Server-ID, Call-ID or
//   Call-IDs targeted/SERVER-ID              Event-Name gather_resp  Instance, Call-IDs or
//                                                                            Chunks, Clocks
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "order/observe/clock.h"
#include "wire/result.h"

namespace ci::amqp {

enum class Event : std::uint8_t {
    lookup_req,
    filter_req,
    present,
    gather_req,
    gather_resp,
    other  ///< somebody else's affair
};

enum class Malformed : std::uint8_t {
    too_large,
    not_json,     ///< or no JSON object, or broken gzip
    no_category,  ///< or not call_inspector
    no_event_name,
    no_app,  ///< App-Name or App-Version
    no_msg_id,
    no_server_id,
    bad_server_id,  ///< pid:// without a queue; longer than a routing key can be
    no_call_id,
    no_call_ids,  ///< or not all of them are texts
    too_many_call_ids,
    no_instance,
    bad_chunks,
    not_understood,  ///< whoever received it could not hand it over
};
inline constexpr std::string_view malformed_names[] = {
    "too_large",         "not_json",     "no_category",   "no_event_name", "no_app",
    "no_msg_id",         "no_server_id", "bad_server_id", "no_call_id",    "no_call_ids",
    "too_many_call_ids", "no_instance",  "bad_chunks",    "not_understood"};

inline constexpr std::size_t most_body = 64UL << 20U;  ///< bytes
inline constexpr std::size_t most_call_ids = 1'000;

struct Message {
    Event event = Event::other;
    std::string msg_id, server_id, node;
    std::string instance;
    bool leaving = false;
    bool of_one_call = false;           ///< gather_*: Call-ID or Chunks; else Call-IDs
    std::vector<std::string> call_ids;  ///< asked for, or known
    std::vector<chunk::Chunk> chunks;   ///< of a gather_resp
    /// Of a gather_resp: what its sender knows of the clocks that stamped them.
    std::vector<order::ClockPrior> clocks;
};

/// Total: any bytes give a Message or the reason why they are none. A body may be gzip, as Kazoo's
/// may.
[[nodiscard]] wire::expected<Message, Malformed> read_message(std::string_view body);

/// Where an answer goes. Kazoo's pid://PID/QUEUE (PID ends at the last slash) names a process
/// behind a queue: the routing key is QUEUE and the header Deliver-To-PID is PID.
struct Address {
    std::string key;
    std::optional<std::string> pid;
    friend bool operator==(const Address&, const Address&) = default;
};
/// Empty: it cannot be one.
[[nodiscard]] std::optional<Address> parse_server_id(std::string_view server_id);

}  // namespace ci::amqp
