#include "commands/row_findings.h"

#include <algorithm>

#include "calls/findings/finding.h"
#include "inspector/dialogue_findings.h"

namespace ci::commands {
std::string unknown_finding(const calls::Expression& expression) {
    const auto kinds = calls::finding_kinds();
    for (const calls::Term& term : expression.terms) {
        if (term.field != calls::Field::finding) continue;
        for (const calls::Value& value : term.values) {
            const bool is_known = std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) {
                return kind.name == value.text;
            });
            if (is_known) continue;
            std::string text = "no finding '" + value.text + "': there are";
            for (const auto& kind : kinds) text += ' ' + std::string(kind.name);
            return text;
        }
    }
    return {};
}

void note_findings(inspector::Inspector& inspector, calls::Row& row) {
    row.set_findings(inspector::findings_of_dialogue(inspector.store(), inspector.clocks(),
                                                     inspector.settings().rules, row.call_id())
                         .codes);
}

}  // namespace ci::commands
