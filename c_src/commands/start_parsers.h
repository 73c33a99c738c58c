// The commands that start parsers: listeners, captures, logs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// The word that asks for captured HEP; it is not a pcap filter.
inline constexpr std::string_view takes_hep = "hep";

[[nodiscard]] Outcome start_hep_parser(inspector::Inspector& inspector,
                                       std::span<const std::string> arguments);
[[nodiscard]] Outcome start_capture(inspector::Inspector& inspector,
                                    std::span<const std::string> arguments);
[[nodiscard]] Outcome start_kamailio_parser(inspector::Inspector& inspector,
                                            std::span<const std::string> arguments);
[[nodiscard]] Outcome start_freeswitch_parser(inspector::Inspector& inspector,
                                              std::span<const std::string> arguments);

}  // namespace ci::commands
