// The handshake between two Erlang nodes, seen from the node that is connected to.
//
//   each message: length:u16 payload                    integers are big-endian
//
//   client  'N' flags:u64 creation:u32 length:u16 name   version 6, OTP 23 and later
//        or 'n' 5:u16 flags:u32 name                     version 5
//   we      's' status                                   "ok", or "named:" length:u16 name
//   creation:u32 we      'N' flags:u64 challenge:u32 creation:u32 length:u16 name
//        or 'n' 5:u16 flags:u32 challenge:u32 name       to a client of version 5
//   client  'c' flags:u32 creation:u32                   only from a client that began with 'n' and
//                                                        knows 'N': the upper half of its flags
//   client  'r' challenge:u32 digest:16                  its answer to ours, and its own
//   we      'a' digest:16                                our answer to its challenge
//
// A digest is the MD5 of the cookie followed by the challenge in decimal.
//
// Source: "Distribution Protocol", ERTS reference manual; dist_util of OTP 19 to 27.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/reader.h"

namespace ci::erlang {

/// Abilities that nodes tell each other; the numbers are the manual's.
enum NodeFlag : std::uint64_t {
    extended_references = 0x4,
    process_monitors = 0x8,
    fun_tags = 0x10,
    monitors_by_name = 0x20,
    new_fun_tags = 0x80,
    extended_pids_ports = 0x100,
    export_ptr_tag = 0x200,
    bit_binaries = 0x400,
    new_floats = 0x800,
    unicode_io = 0x1000,
    small_atom_tags = 0x4000,
    utf8_atoms = 0x10000,
    map_tag = 0x20000,
    big_creation = 0x40000,
    handshake_23 = 0x1000000,
    unlink_id = 0x2000000,
    mandatory_25_digest = 0x4000000,
    spawns = 1ULL << 32U,
    name_me = 1ULL << 33U,
    v4_nc = 1ULL << 34U,
};

/// What this node is able to. Not offered: to be published (the node is hidden, so that visible
/// nodes do not draw it into `global` and `pg`), atom caches and fragments (each packet stands
/// alone), exit reasons as payload, senders in SEND, aliases.
inline constexpr std::uint64_t our_flags =
    extended_references | process_monitors | fun_tags | monitors_by_name | new_fun_tags |
    extended_pids_ports | export_ptr_tag | bit_binaries | new_floats | unicode_io |
    small_atom_tags | utf8_atoms | map_tag | big_creation | handshake_23 | unlink_id |
    mandatory_25_digest | spawns | v4_nc;

/// No message of a handshake is longer; a name has at most 255 characters.
inline constexpr std::size_t max_handshake_message = 1'100;

struct ClientName {
    std::string name;  ///< "sup_123@host"; the host alone if it wants to be given a name
    std::uint64_t flags = 0;
    bool is_version_5 = false;

    [[nodiscard]] bool has(NodeFlag flag) const noexcept { return (flags & flag) != 0; }
    /// It takes a challenge in version 6, and sends a complement if it began with version 5.
    [[nodiscard]] bool takes_version_6() const noexcept {
        return !is_version_5 || has(handshake_23);
    }
    /// It can speak with us at all.
    [[nodiscard]] bool is_able() const noexcept {
        return has(extended_references) && has(extended_pids_ports) && has(utf8_atoms);
    }
};

using Digest = std::array<std::byte, 16>;

struct ChallengeReply {
    std::uint32_t challenge = 0;
    Digest digest{};
};

/// A name becomes an atom: UTF-8, at most 255 characters. Blanks and control characters, which no
/// name has, are refused.
[[nodiscard]] bool is_node_name(std::string_view name);

// Each takes a message's payload. Empty: it is not that message.
[[nodiscard]] std::optional<ClientName> decode_name(wire::Bytes payload);
/// The upper half of the client's flags, in place.
[[nodiscard]] std::optional<std::uint64_t> decode_complement(wire::Bytes payload);
[[nodiscard]] std::optional<ChallengeReply> decode_challenge_reply(wire::Bytes payload);

// Each returns a message with its length.
[[nodiscard]] std::string encode_status(std::string_view status);
/// Gives a name to a client that wants one.
[[nodiscard]] std::string encode_named(std::string_view name, std::uint32_t creation);
[[nodiscard]] std::string encode_challenge(const ClientName& client, std::string_view our_name,
                                           std::uint32_t challenge, std::uint32_t creation);
[[nodiscard]] std::string encode_challenge_ack(const Digest& digest);

}  // namespace ci::erlang
