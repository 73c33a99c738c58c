// The settings that say which addresses are one host, and what ties the legs of a call: for
// `hosts` and `legs` in the configuration file and on the command line.
#pragma once

#include <string>
#include <string_view>

#include "calls/rules.h"

namespace ci::inspector {

/// `addresses`: addresses, networks, and addresses with a port, separated by commas. Returns an
/// empty text, or why not; so does the other.
std::string set_host(std::string_view name, std::string_view addresses, calls::Rules& rules);

///   headers=NAME,...    whose values are other legs' Call-IDs
///   affixes=PATTERN,... Call-IDs made of another leg's, which is the `*`; `#` stands for digits
std::string set_leg_option(std::string_view name, std::string_view value, calls::Rules& rules);

}  // namespace ci::inspector
