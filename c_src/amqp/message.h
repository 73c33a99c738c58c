// Messages received over AMQP: Kazoo's questions, and those between inspectors.
//
// Bodies are JSON objects. Kazoo's (kapi_inspector.erl, as captured from 4.x and 5.x):
//
//   monitor/call_inspector.lookup   Event-Name lookup_req   Call-ID, Server-ID
//   monitor/call_inspector.filter   Event-Name filter_req   Call-IDs (a list), Server-ID
//
// All have App-Name, App-Version, Event-Category (call_inspector), Event-Name, Msg-ID. A question
// without Server-ID cannot be answered. Those between inspectors, which Kazoo's own one ignores:
//
//   monitor/call_inspector.present  Event-Name present      Instance, Server-ID [, Leaving]
//   monitor/call_inspector.gather   Event-Name gather_req   Instance, Server-ID,
//                                                           Call-ID or Call-IDs
//   targeted/SERVER-ID              Event-Name gather_resp  Instance,
//                                                           Call-IDs or Chunks, Clocks
//   inquiry_req and inquiry_resp, for commands that ask all inspectors: amqp/inquiry.h
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amqp/inquiry.h"
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
    inquiry_req,
    inquiry_resp,
    other  ///< an event of another kind
};

enum class Malformed : std::uint8_t {
    too_large,
    not_json,     ///< not a JSON object, or broken gzip
    no_category,  ///< no Event-Category, or not call_inspector
    no_event_name,
    no_app,  ///< no App-Name or no App-Version
    no_msg_id,
    no_server_id,
    bad_server_id,  ///< pid:// without a queue, or longer than a routing key can be
    no_call_id,
    no_call_ids,  ///< no list of texts
    too_many_call_ids,
    no_instance,
    bad_chunks,
    bad_inquiry,
    bad_report,
    not_understood,  ///< the receiver could not hand it over
};
inline constexpr std::string_view malformed_names[] = {
    "too_large",  "not_json",    "no_category",       "no_event_name",
    "no_app",     "no_msg_id",   "no_server_id",      "bad_server_id",
    "no_call_id", "no_call_ids", "too_many_call_ids", "no_instance",
    "bad_chunks", "bad_inquiry", "bad_report",        "not_understood"};

inline constexpr std::size_t max_body = 64UL << 20U;  ///< bytes
inline constexpr std::size_t max_call_ids = 1'000;

struct Message {
    Event event = Event::other;
    std::string msg_id, server_id, node;
    std::string instance;
    bool leaving = false;
    bool of_one_call = false;           ///< gather_*: has Call-ID or Chunks, not Call-IDs
    std::vector<std::string> call_ids;  ///< asked for, or (in a gather_resp) known
    std::vector<chunk::Chunk> chunks;   ///< of a gather_resp or an inquiry_resp
    /// Of a gather_resp: its sender's knowledge of the clocks that stamped the chunks.
    std::vector<order::ClockPrior> clocks;
    Inquiry inquiry;  ///< of an inquiry_req
    Report report;    ///< of an inquiry_resp; its chunks and clocks are those above
};

/// Total: any bytes give a Message or the reason why not. A body may be gzip, as Kazoo's may.
[[nodiscard]] wire::expected<Message, Malformed> read_message(std::string_view body);

/// The address of an answer. Kazoo's pid://PID/QUEUE (PID ends at the last slash) names a process
/// behind a queue: the routing key is QUEUE and the header Deliver-To-PID is PID.
struct Address {
    std::string key;
    std::optional<std::string> pid;
    friend bool operator==(const Address&, const Address&) = default;
};
/// Empty: not a valid Server-ID.
[[nodiscard]] std::optional<Address> parse_server_id(std::string_view server_id);

}  // namespace ci::amqp
