// The chunk: one observation of one SIP message, and its JSON line.
//
// An observer saw `message` go from `src` to `dst`. The JSON is Kazoo's (`call-id, timestamp,
// ref_timestamp, label, raw, src, dst, parser, c_seq`), with further members that Kazoo's readers
// ignore; docs/formats.md lists them all.
//
// Two shapes of the same thing: a Draft is made at intake and only views the datagram, so that
// writing a line copies each byte once; a Chunk owns what was read back and is what answers are
// made of.
#pragma once

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
    bad_time,          ///< the sender's time made no sense: timestamp is the arrival
    truncated,         ///< the message was cut short on its way here
    unknown_endpoint,  ///< the sender named no address for one of the ends
    dup_callid,        ///< several Call-ID headers; the first one counts
    address_inferred,  ///< an address that the sender did not know was read from the message
    ntp_epoch,         ///< the sender counts from 1900: timestamp is what it meant
    bad_length,        ///< on a stream, and its Content-Length is none: its end was guessed
};
inline constexpr std::string_view flag_names[] = {
    "no_clock",   "bad_time",         "truncated", "unknown_endpoint",
    "dup_callid", "address_inferred", "ntp_epoch", "bad_length"};

/// A set of flags, by value.
class Flags {
  public:
    void set(Flag flag) noexcept { bits_ = static_cast<std::uint8_t>(bits_ | bit(flag)); }
    [[nodiscard]] bool has(Flag flag) const noexcept { return (bits_ & bit(flag)) != 0; }
    [[nodiscard]] bool empty() const noexcept { return bits_ == 0; }
    friend bool operator==(const Flags&, const Flags&) = default;

  private:
    static std::uint8_t bit(Flag flag) noexcept {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(flag));
    }
    std::uint8_t bits_ = 0;
};

/// What a chunk is known as in another protocol: {"net", "1234567"}.
struct Link {
    std::string protocol, id;
};

/// A chunk on its way to its file. All views point into bytes that the caller keeps.
struct Draft {
    std::string_view call_id;   ///< as on the wire, trimmed; never empty
    std::string_view parser;    ///< Kazoo's word: the source it came in by, "127.0.0.1:9060"
    std::string_view observer;  ///< whose clock stamped it; one parser hears many observers
    wire::Endpoint src, dst;
    wire::Micros timestamp = 0;           ///< the observer's clock; the arrival if flagged so
    wire::Micros ref_timestamp = 0;       ///< arrival at this collector
    std::string_view ref_timestamp_text;  ///< how it is written; empty: with six decimals
    std::string_view label;               ///< the SIP start line
    std::string_view c_seq;               ///< the CSeq header's value; may be empty
    std::string_view message;             ///< octets as captured
    std::string_view correlation_id;      ///< HEP field 17; may be empty
    std::optional<std::uint32_t> capture_id;
    std::uint8_t hep_version = 0;  ///< 0: did not come by HEP
    std::uint8_t ip_protocol = 0;  ///< of the SIP: 17 UDP, 6 TCP, 132 SCTP, 22 TLS; 0 unknown
    Flags flags;
    std::string_view event;      ///< what it is if it is no SIP: "log", "mi"; empty: SIP
    std::string_view direction;  ///< "in", "out": seen by the observer; empty: not told
    std::span<const Link> links;
    wire::Trace trace;  ///< of SIP by UDP that a capture saw
};

/// A chunk that was read back from a file or given to be ordered. Texts are valid UTF-8.
struct Chunk {
    std::string call_id;
    std::string parser;
    std::string observer;  ///< the parser, where the JSON names no observer
    /// "192.0.2.1:5060", "[2001:db8::1]:5060"; as the JSON has them, but an IPv4 address mapped
    /// into IPv6 is IPv4
    std::string src, dst;
    std::optional<wire::Micros> timestamp;
    std::optional<wire::Micros> ref_timestamp;
    std::string label;
    std::string c_seq;
    std::string event;    ///< empty: SIP; else `label` tells what happened, and there is no SIP
    std::string message;  ///< octets as captured; where only `raw` is known, its lines with CRLF
    Flags flags;
    std::uint32_t ip_id = 0;  ///< this and the next two: wire::Trace
    std::uint32_t ttl = 0;
    std::string mac;
    std::string json;  ///< the object as it was read, one line, for answers
};

enum class Reason : std::uint8_t {
    not_json,    ///< not one JSON object: a torn line, or somebody edited the file
    not_a_chunk  ///< an object with neither `label` nor `raw`; other members may be missing
};

/// Appends the chunk's JSON object and a line feed. Output is always one line of valid UTF-8.
/// Bytes that are not UTF-8 are shown as the Latin-1 characters of the same number, and the exact
/// octets go along as base64 in `payload`.
void append_line(const Draft& draft, std::string& out);

/// One JSON object, with or without line feed. `at` of the rejection is a byte in `line`.
wire::Result<Chunk, Reason> read_line(std::string_view line);

/// The elements of a JSON array as texts, in order. Empty optional: not a JSON array.
std::optional<std::vector<std::string_view>> split_array(std::string_view json);

/// What a member of a JSON object holds, as it stands there. Empty optional: it has no such member,
/// or is no JSON object.
std::optional<std::string_view> find_member(std::string_view object, std::string_view name);

/// Text as JSON shows it: valid UTF-8 stays, a byte that is not becomes its Latin-1 character. A
/// Call-ID's file is found by the md5 of this form, so that what an answer shows can be asked for.
std::string to_utf8(std::string_view bytes);

/// Appends `text` as a JSON string with its quotes, through the same mapping.
void append_json_string(std::string_view text, std::string& out);

}  // namespace ci::chunk
