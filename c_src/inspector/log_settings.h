// The settings of log parsers by name, for `logs` in the configuration file and for `--logs
// NAME=VALUE`.
#pragma once

#include <string>
#include <string_view>

#include "inspector/settings.h"

namespace ci::inspector {

/// Sets an option. Returns an empty text, or why not.
///   zone=local | UTC | +HH:MM | -HH:MM   of stamps that name none
///   begin=place | start                  where a restart begins
///   events=LEVEL                         FreeSWITCH's lines from this level on are events
std::string set_log_option(std::string_view name, std::string_view value, LogSettings& settings);

}  // namespace ci::inspector
