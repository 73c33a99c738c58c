// Findings of dialogues that a search looks at. They are not kept in the index: what a finding is
// may change, and a late message may make or unmake one.
#pragma once

#include "calls/expression.h"
#include "calls/row.h"
#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// Whether a term of it is about findings.
[[nodiscard]] bool asks_for_findings(const calls::Expression& expression) noexcept;
/// The expression without those terms.
[[nodiscard]] calls::Expression without_findings(const calls::Expression& expression);
/// A text for the user: which value is no code of a finding. Empty: all are.
[[nodiscard]] std::string unknown_finding(const calls::Expression& expression);

/// Reads the dialogue, analyses it, and notes the codes in the row. A dialogue that cannot be read
/// has none.
void note_findings(inspector::Inspector& inspector, calls::Row& row);

}  // namespace ci::commands
