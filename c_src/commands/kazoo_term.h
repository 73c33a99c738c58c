// A chunk as Kazoo's Call Inspector writes it: the record of kazoo_object.h as Erlang text.
//
// Kazoo's reader (ci_datastore.erl, ci_chunk.erl) crashes for the whole call if a record's CSeq
// lacks number or method, or if its parser or an address is unknown. So chunks without a CSeq are
// left out, and an unknown address is written as 0.0.0.0, port 0.
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
