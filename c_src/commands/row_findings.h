// Findings of dialogues that a search looks at and that the index does not know yet: they go on, or
// have just ended.
#pragma once

#include "calls/expression.h"
#include "calls/row.h"
#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// A text for the user: which value is no code of a finding. Empty: all are.
[[nodiscard]] std::string unknown_finding(const calls::Expression& expression);

/// Reads the dialogue, analyses it as far as it has come, and notes the codes in the row. A
/// dialogue that cannot be read has none.
void note_findings(inspector::Inspector& inspector, calls::Row& row);

}  // namespace ci::commands
