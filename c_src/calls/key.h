// What a message tells of other dialogues: keys, by which the dialogues of one call find each
// other.
//
// A dialogue is all that bears one Call-ID. Each of its messages may have keys; two dialogues with
// fitting keys are candidates for legs of one call, and joining.h decides. An index keeps a
// dialogue's keys as rows (evidence, role, value, dialogue, arrival and place of the message) and
// answers which dialogues have a key (dialogues.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "sip/message.h"
#include "wire/endpoint.h"

namespace ci::calls {

struct Rules;  // rules.h: the settings

/// Why two dialogues may be legs of one call. The numbers are stored: new ones go to the end.
enum class Evidence : std::uint8_t {
    header,       ///< a header with another dialogue's Call-ID: X-CID, k-cid ...
    session_id,   ///< RFC 7989
    replaces,     ///< Replaces, Join, Target-Dialog, also inside Refer-To
    refer,        ///< a REFER, and the INVITE to its target
    icid,         ///< P-Charging-Vector (RFC 7315 5.6)
    correlation,  ///< HEP correlation id, or Kazoo's interaction id
    channel,      ///< a FreeSWITCH channel, named by a log line or an event
    affix,        ///< a Call-ID made of another one
    b2bua,        ///< a guess: an INVITE leaves where another one arrived
    media         ///< a guess: the same address and port, or session, in SDP
};
inline constexpr std::string_view evidence_names[] = {"header", "session_id",  "replaces", "refer",
                                                      "icid",   "correlation", "channel",  "affix",
                                                      "b2bua",  "media"};
[[nodiscard]] constexpr bool is_sure(Evidence evidence) noexcept {
    return evidence < Evidence::b2bua;
}

/// How a dialogue has a key, and so which other one fits. The numbers are stored.
enum class Role : std::uint8_t {
    names,    ///< `value` is another dialogue's Call-ID; fits that one, and others that name it
    shares,   ///< fits every dialogue that shares the value
    arrives,  ///< fits `leaves` of the same value: an INVITE reached a host; a REFER named a target
    leaves    ///< fits `arrives`: an INVITE was made by a host; an INVITE goes to a REFER's target
};
inline constexpr std::string_view role_names[] = {"names", "shares", "arrives", "leaves"};

struct Key {
    Evidence evidence = Evidence::header;
    Role role = Role::names;
    std::string value;  ///< valid UTF-8 without control characters; 1 to `longest_key` octets

    friend bool operator==(const Key&, const Key&) = default;
    friend bool operator<(const Key& a, const Key& b) {
        return std::tie(a.evidence, a.role, a.value) < std::tie(b.evidence, b.role, b.value);
    }
};
/// A longer value makes no key.
inline constexpr std::size_t longest_key = 256;
/// Further keys of one message, and further different keys of one dialogue, are left out.
inline constexpr std::size_t most_keys_of_message = 48;
inline constexpr std::size_t most_keys_of_dialogue = 256;

/// What the chunk, and not the message, tells.
struct Sighting {
    std::string_view call_id;  ///< the dialogue's, as stored
    std::string_view correlation_id;
    wire::Address src, dst;
    std::string_view observer = {};
    std::string_view event = {};  ///< kind of what is not SIP
};

/// The kind of Kazoo's events of calls, whose text has a line "NAME: VALUE" for each member.
inline constexpr std::string_view kazoo_event = "kazoo";

/// Sorted, each key once. Total and linear; `message` is what sip::parse made of the chunk.
[[nodiscard]] std::vector<Key> keys_of(const sip::Message& message, const Sighting& sighting,
                                       const Rules& rules);

/// The same for what is not SIP: a log's line, an event; `text` is the chunk's message.
[[nodiscard]] std::vector<Key> keys_of_event(std::string_view text, const Sighting& sighting,
                                             const Rules& rules);

}  // namespace ci::calls
