// The commands about parsers that run, and about a capture file, which is read once.
#pragma once

#include <span>
#include <string>

#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

[[nodiscard]] Outcome import_pcap(inspector::Inspector& inspector,
                                  std::span<const std::string> arguments);
[[nodiscard]] Outcome list_active_parsers(inspector::Inspector& inspector,
                                          std::span<const std::string> arguments);
[[nodiscard]] Outcome stop_active_parser(inspector::Inspector& inspector,
                                         std::span<const std::string> arguments);
[[nodiscard]] Outcome parser_stats(inspector::Inspector& inspector,
                                   std::span<const std::string> arguments);
/// on|off|check [ID]
[[nodiscard]] Outcome capture(inspector::Inspector& inspector,
                              std::span<const std::string> arguments);
[[nodiscard]] Outcome capture_bad_msgs(inspector::Inspector& inspector,
                                       std::span<const std::string> arguments);

}  // namespace ci::commands
