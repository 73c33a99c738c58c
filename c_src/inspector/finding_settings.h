// The settings that say from when on something is told of a call, and which hosts are carriers or
// phones: for `findings`, `carriers` and `phones` in the configuration file and on the command
// line.
#pragma once

#include <string>
#include <string_view>

#include "calls/rules.h"

namespace ci::inspector {

///   slow_setup=TIME  from the INVITE to the first 18x, as 6s or 2500ms
///   clock_off=TIME   how far a clock may be off
///   low_mos=N        MOS from 1 to 5 below which sound is bad
///   high_loss=N      percent of the packets
/// Returns an empty text, or why not; so does the other.
std::string set_finding_option(std::string_view name, std::string_view value,
                               calls::FindingLimits& limits);

/// `hosts`: names of the setting `hosts`, addresses, networks, and addresses with a port, separated
/// by commas.
std::string set_host_kind(std::string_view hosts, calls::HostSet& kind);

}  // namespace ci::inspector
