// The commands about what is stored: single dialogues, all of them, and Kazoo's.
#pragma once

#include <span>
#include <string>

#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// An unreadable file is an error, an unknown call is not.
[[nodiscard]] Outcome call_id_details(inspector::Inspector& inspector,
                                      std::span<const std::string> arguments);
[[nodiscard]] Outcome inspect_call(inspector::Inspector& inspector,
                                   std::span<const std::string> arguments);
[[nodiscard]] Outcome list_calls(inspector::Inspector& inspector,
                                 std::span<const std::string> arguments);
[[nodiscard]] Outcome store_stats(inspector::Inspector& inspector,
                                  std::span<const std::string> arguments);
[[nodiscard]] Outcome pin(inspector::Inspector& inspector, std::span<const std::string> arguments);
[[nodiscard]] Outcome unpin(inspector::Inspector& inspector,
                            std::span<const std::string> arguments);
[[nodiscard]] Outcome flush(inspector::Inspector& inspector,
                            std::span<const std::string> arguments);
[[nodiscard]] Outcome import_from_kazoo(inspector::Inspector& inspector,
                                        std::span<const std::string> arguments);
[[nodiscard]] Outcome export_to_kazoo(inspector::Inspector& inspector,
                                      std::span<const std::string> arguments);

}  // namespace ci::commands
