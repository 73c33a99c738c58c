// The messages between connected Erlang nodes.
//
//   length:u32 112 control [message]        length 0: a tick, which is answered by a tick
//
// `control` is a tuple whose first element tells the operation; it and `message` are terms, each
// with its version byte. Source: "Distribution Protocol", ERTS reference manual.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "erlang/raw_term.h"
#include "erlang/term_check.h"
#include "erlang/term_writer.h"

namespace ci::erlang {

/// The operations that this program acts on. All others, also unknown ones, mean nothing to a node
/// that has no processes to link to.
enum class Operation : std::uint8_t {
    send = 2,             ///< {2, Unused, ToPid}, message
    exit = 3,             ///< {3, FromPid, ToPid, Reason}
    reg_send = 6,         ///< {6, FromPid, Unused, ToName}, message
    exit2 = 8,            ///< {8, FromPid, ToPid, Reason}
    send_tt = 12,         ///< {12, Unused, ToPid, Trace}, message
    reg_send_tt = 16,     ///< {16, FromPid, Unused, ToName, Trace}, message
    monitor = 19,         ///< {19, FromPid, ToProc, Ref}
    demonitor = 20,       ///< {20, FromPid, ToProc, Ref}
    monitor_exit = 21,    ///< {21, FromProc, ToPid, Ref, Reason}
    send_sender = 22,     ///< {22, FromPid, ToPid}, message
    send_sender_tt = 23,  ///< {23, FromPid, ToPid, Trace}, message
    spawn = 29,           ///< {29, ReqId, FromPid, GroupLeader, {M, F, Arity}, Opts}, arguments
    spawn_tt = 30,        ///< likewise, with Trace
    spawn_reply = 31,     ///< {31, ReqId, ToPid, Flags, Result}
    unlink_id = 35,       ///< {35, Id, FromPid, ToPid}
    unlink_ack = 36,      ///< {36, Id, FromPid, ToPid}
};

inline constexpr std::byte pass_through{112};

struct Packet {
    std::uint64_t operation = 0;
    std::vector<RawTerm> elements;  ///< of the control tuple, behind the operation; views
    RawTerm message;                ///< empty: none, or one that the term check refuses
    RawTerm refused;                ///< the latter, from its first element on; not checked
    [[nodiscard]] bool is(Operation wanted) const noexcept {
        return operation == static_cast<std::uint64_t>(wanted);
    }
};

/// Total. `payload` has no length, and at least one byte. A message that is refused leaves the
/// control tuple readable, so that who asked can be told.
[[nodiscard]] Result<Packet> decode_packet(wire::Bytes payload);

/// A packet with its length. `control` and `message` are terms with version bytes.
[[nodiscard]] std::string encode_packet(std::string_view control, std::string_view message = {});

inline constexpr std::string_view tick{"\0\0\0\0", 4};

/// A message to a process of the peer.
[[nodiscard]] std::string encode_send(RawTerm to, const TermWriter& message);

}  // namespace ci::erlang
