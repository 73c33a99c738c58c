// What the rules about refusals share.
#pragma once

#include <cstddef>

#include "calls/findings/found.h"

namespace ci::calls {

/// Tells of a final refusal (a message) by its status, and who made it; nothing where that is
/// explained. `worst`: its severity, unless it is milder by itself. `is_root`: the caller did not
/// get through because of it.
void tell_refusal(Found& found, std::size_t refusal, Severity worst, bool is_root);

}  // namespace ci::calls
