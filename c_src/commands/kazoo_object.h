// Reads what Kazoo's Call Inspector stored into a chunk. Each record of its files is one term:
//
//   {object, CALLID, SECONDS, chunk, {ci_chunk, CALLID, LINES, TIMESTAMP, REF_TIMESTAMP,
//                                     SRC_IP, SRC_PORT, DST_IP, DST_PORT, PARSER, LABEL, CSEQ}}.
//
// Texts are binaries, unknown values are `undefined`, and times are Gregorian seconds. Older
// versions have no CSEQ, PARSER as an atom, and ports as binaries. LINES is the message split at
// CRLF, without the empty lines at its end. In a message from FreeSWITCH's log the first line tells
// the direction, and all empty lines are missing. LINES from Kamailio's log are log lines, not SIP.
// Source: Kazoo's ci_datastore.erl, ci_chunk.erl, ci_parser_*.erl, 2014 to 2019.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chunk/chunk.h"
#include "erlang/term_text.h"

namespace ci::commands {

enum class KazooSkip : std::uint8_t {
    analysis,     ///< the result of a Kazoo analyzer
    not_a_chunk,  ///< another term
    no_call_id,
    no_message
};
inline constexpr std::string_view kazoo_skip_names[] = {"analysis", "not_a_chunk", "no_call_id",
                                                        "no_message"};

/// The texts that a draft points into.
struct KazooTexts {
    std::string call_id, parser, label, c_seq, message, arrival;
};

/// Returns why there is no chunk; empty: `draft` is the chunk.
std::optional<KazooSkip> read_kazoo_object(const erlang::Term& object, KazooTexts& texts,
                                           chunk::Draft& draft);

}  // namespace ci::commands
