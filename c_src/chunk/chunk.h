// The chunk: one observation of one SIP message, and its JSON line.
//
// An observer saw `message` go from `src` to `dst`. The JSON is Kazoo's (`call-id, timestamp,
// ref_timestamp, label, raw, src, dst, parser, c_seq`), with further members that Kazoo's readers
// ignore; docs/formats.md lists them all.
//
// A chunk has two forms. A Draft is made at intake and only views the datagram, so that writing a
// line copies each byte once. A Chunk owns its data, was read back, and is used in answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/datagram.h"
#include "wire/endpoint.h"
#include "wire/micros.h"
#include "wire/result.h"

namespace ci::chunk {

/// What is unusual about a chunk; written as strings in the member `flags`.
enum class Flag : std::uint8_t {
    no_clock,          ///< the sender gave no time (HEPv1): timestamp is the arrival
    bad_time,          ///< the sender's time is impossible: timestamp is the arrival
    truncated,         ///< the message was cut short on its way here
    unknown_endpoint,  ///< the sender named no address for one of the ends
    dup_callid,        ///< several Call-ID headers; the first one counts
    address_inferred,  ///< an address unknown to the sender was read from the message
    ntp_epoch,         ///< the sender counts from 1900: timestamp is corrected
    bad_length,        ///< on a stream, without a valid Content-Length: its end was guessed
    whole_seconds,     ///< from a log that stamps whole seconds
    zone_unsure,       ///< from a log without a zone: timestamp assumes the collector's
};
inline constexpr std::string_view flag_names[] = {
    "no_clock",         "bad_time",  "truncated",  "unknown_endpoint", "dup_callid",
    "address_inferred", "ntp_epoch", "bad_length", "whole_seconds",    "zone_unsure"};

/// A set of flags, by value.
class Flags {
  public:
    void set(Flag flag) noexcept { bits_ = static_cast<std::uint16_t>(bits_ | bit(flag)); }
    [[nodiscard]] bool has(Flag flag) const noexcept { return (bits_ & bit(flag)) != 0; }
    [[nodiscard]] bool empty() const noexcept { return bits_ == 0; }
    friend bool operator==(const Flags&, const Flags&) = default;

  private:
    static std::uint16_t bit(Flag flag) noexcept {
        return static_cast<std::uint16_t>(1U << static_cast<unsigned>(flag));
    }
    std::uint16_t bits_ = 0;
};

/// The chunk's id in another protocol: {"net", "1234567"}.
struct Link {
    std::string protocol, id;
};

/// A chunk on its way to its file. All views point into bytes that the caller keeps alive.
struct Draft {
    std::string_view call_id;   ///< as on the wire, trimmed; never empty
    std::string_view parser;    ///< Kazoo's term for the source it came in by: "127.0.0.1:9060"
    std::string_view observer;  ///< owner of the clock that stamped it; a parser hears several
    wire::Endpoint src, dst;
    wire::Micros timestamp = 0;           ///< by the observer's clock; the arrival if flagged so
    wire::Micros ref_timestamp = 0;       ///< arrival at this collector
    std::string_view ref_timestamp_text;  ///< its text; empty: written with six decimals
    std::string_view label;               ///< the SIP start line
    std::string_view c_seq;               ///< the CSeq header's value; may be empty
    std::string_view method;          ///< of the request, or of that which is answered; unwritten
    std::string_view message;         ///< octets as captured
    std::string_view correlation_id;  ///< HEP field 17; may be empty
    std::optional<std::uint32_t> capture_id;
    /// Where in a log it was found: with the parser the chunk's identity.
    std::optional<std::uint64_t> log_position;
    std::uint8_t hep_version = 0;  ///< 0: not from HEP
    std::uint8_t ip_protocol = 0;  ///< of the SIP: 17 UDP, 6 TCP, 132 SCTP, 22 TLS; 0 unknown
    Flags flags;
    std::string_view event;      ///< kind of an event that is not SIP: "log", "mi"; empty: SIP
    std::string_view direction;  ///< "in", "out", from the observer's view; empty: unknown
    std::span<const Link> links;
    wire::Trace trace;          ///< of SIP over UDP from a capture
    bool is_described = false;  ///< `message` is what a log says of the SIP, and not the SIP
};

/// A chunk read back from a file, or given to be put in order. Texts are valid UTF-8.
struct Chunk {
    std::string call_id;
    std::string parser;
    std::string observer;  ///< the parser if the JSON names no observer
    /// "192.0.2.1:5060", "[2001:db8::1]:5060"; as in the JSON, but IPv4-mapped addresses are IPv4.
    std::string src, dst;
    std::optional<wire::Micros> timestamp;
    std::optional<wire::Micros> ref_timestamp;
    std::string label;
    std::string c_seq;
    std::string event;    ///< empty: SIP; else there is no SIP, and `label` tells what happened
    std::string message;  ///< octets as captured; if only `raw` is known, its lines with CRLF
    Flags flags;
    std::uint32_t ip_id = 0;  ///< this and the next two are wire::Trace's
    std::uint32_t ttl = 0;
    std::string mac;
    std::string json;  ///< the object as read, in one line, for answers
};

enum class Reason : std::uint8_t {
    not_json,    ///< not one JSON object: a torn line, or an edited file
    not_a_chunk  ///< an object with neither `label` nor `raw`; other members may be missing
};

/// A part of a text.
struct Place {
    std::size_t at = 0, size = 0;
};

/// Appends the chunk's JSON object and a line feed. The output is always one line of valid UTF-8.
/// A byte that is not UTF-8 is written as the Latin-1 character of the same number; `payload` then
/// holds the exact octets in base64. Returns where in `out` the Call-ID's JSON string is, without
/// its quotes.
Place append_line(const Draft& draft, std::string& out);

/// Reads one JSON object, with or without line feed. `at` of the rejection is a byte in `line`.
wire::Result<Chunk, Reason> read_line(std::string_view line);

/// The JSON texts of an array's elements, in order. Empty optional: not a JSON array.
std::optional<std::vector<std::string_view>> split_array(std::string_view json);

/// The JSON text of a member's value. Empty optional: `object` has no such member, or is not a JSON
/// object.
std::optional<std::string_view> find_member(std::string_view object, std::string_view name);

/// The form of a text in JSON: valid UTF-8 stays, any other byte becomes its Latin-1 character. A
/// Call-ID's file is named by the md5 of this form, so that a Call-ID shown in an answer can be
/// looked up.
std::string to_utf8(std::string_view bytes);

/// Appends `text` as a JSON string with its quotes, through the same mapping.
void append_json_string(std::string_view text, std::string& out);

}  // namespace ci::chunk
