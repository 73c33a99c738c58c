#include "commands/row_findings.h"

#include <algorithm>
#include <iterator>

#include "calls/findings/finding.h"
#include "commands/answers.h"
#include "order/order.h"

namespace ci::commands {
namespace {

bool is_about_findings(const calls::Term& term) noexcept {
    return term.field == calls::Field::finding;
}

}  // namespace

bool asks_for_findings(const calls::Expression& expression) noexcept {
    return std::any_of(expression.terms.begin(), expression.terms.end(), is_about_findings);
}

calls::Expression without_findings(const calls::Expression& expression) {
    calls::Expression rest = expression;
    std::erase_if(rest.terms, is_about_findings);
    return rest;
}

std::string unknown_finding(const calls::Expression& expression) {
    const auto kinds = calls::finding_kinds();
    for (const calls::Term& term : expression.terms) {
        if (!is_about_findings(term)) continue;
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
    const store::StoredCall stored = inspector.store().read(row.call_id());
    if (stored.error || stored.chunks.empty()) return;
    const order::Flow flow = order::order(stored.chunks, *inspector.clocks().priors());
    const auto course = calls::course_of(stored.chunks, flow, {}, inspector.settings().rules);
    std::vector<std::string> codes;
    for (const calls::Finding& finding :
         calls::findings_of(course, limits_now(inspector.settings().rules))) {
        const std::string code(calls::name_of(finding.code));
        if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
    }
    row.set_findings(std::move(codes));
}

}  // namespace ci::commands
