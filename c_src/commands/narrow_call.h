// A call as one sees it who may see one side of it alone.
#pragma once

#include <span>
#include <string>

#include "calls/scope.h"
#include "commands/read_call.h"

namespace ci::commands {

/// Takes away what `sight` does not have: legs without anybody in scope, and messages of the other
/// side. Of a call in which nobody is in scope nothing is left, nor if `asked` is the Call-ID of a
/// leg that is taken away.
void narrow_call(WholeCall& call, const std::string& asked, const calls::Sight& sight,
                 inspector::Inspector& inspector);

}  // namespace ci::commands
