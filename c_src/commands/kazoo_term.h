// A chunk as Kazoo's Call Inspector writes it: the record of kazoo_object.h as Erlang text.
//
// Its reader (ci_datastore.erl, ci_chunk.erl) crashes for the whole call on a record whose CSeq has
// no number and method, or whose parser or ends are unknown. So what has no CSeq is left out, and
// an end that is not known is 0.0.0.0, port 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chunk/chunk.h"

namespace ci::commands {

enum class KazooOmission : std::uint8_t {
    event,    ///< not SIP
    no_cseq,  ///< no CSeq, or one without a method
    no_message,
    no_time
};
inline constexpr std::string_view kazoo_omission_names[] = {"event", "no_cseq", "no_message",
                                                            "no_time"};

/// The Call-ID's octets, Kazoo's only form. A chunk has the Call-ID as JSON shows it.
[[nodiscard]] std::string kazoo_call_id(const chunk::Chunk& chunk);

/// Appends one term, which is one line; or appends nothing and returns why.
std::optional<KazooOmission> append_kazoo_object(const chunk::Chunk& chunk,
                                                 std::string_view call_id, std::string& out);

}  // namespace ci::commands
