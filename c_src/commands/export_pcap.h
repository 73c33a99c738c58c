// The commands that write captures: export_pcap, export_search; and what else makes captures of
// calls.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "commands/call_packets.h"
#include "commands/chunk_texts.h"
#include "commands/outcome.h"
#include "commands/read_call.h"
#include "inspector/inspector.h"
#include "wire/result.h"

namespace ci::commands {

/// In place of a file's name: the octets are the answer, in base64 (RFC 4648 4) by lines of 76.
inline constexpr std::string_view answer_itself = "-";

/// CALLID FILE [whole] [pcapng]
[[nodiscard]] Outcome export_pcap(inspector::Inspector& inspector,
                                  std::span<const std::string> arguments);
/// EXPRESSION FILE [N] [whole] [pcapng]
[[nodiscard]] Outcome export_search(inspector::Inspector& inspector,
                                    std::span<const std::string> arguments);

/// Of a call that was read already.
[[nodiscard]] std::string capture_of(inspector::Inspector& inspector, const WholeCall& call,
                                     synthesis::Format format);

/// Of chunks as JSON: an array, or lines as in a call's file. Several dialogues are legs of one
/// call.
[[nodiscard]] wire::expected<std::string, OrderError> capture_of_texts(std::string_view text,
                                                                       synthesis::Format format);

}  // namespace ci::commands
