#include "inspector/dialogue_findings.h"

#include <algorithm>
#include <chrono>

#include "calls/course/course.h"
#include "calls/findings/finding.h"
#include "order/order.h"

namespace ci::inspector {
namespace {

std::vector<std::string> codes_of(const calls::Course& course, const calls::FindingLimits& limits) {
    std::vector<std::string> codes;
    for (const calls::Finding& finding : calls::findings_of(course, limits)) {
        const std::string code(calls::name_of(finding.code));
        if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
    }
    return codes;
}

}  // namespace

DialogueFindings findings_of_dialogue(store::Store& store, LearnedClocks& clocks,
                                      const calls::Rules& rules, std::string_view call_id) {
    DialogueFindings found;
    const store::StoredCall stored = store.read(call_id);
    found.is_known = !stored.error;
    if (stored.chunks.empty()) return found;
    const order::Flow flow = order::order(stored.chunks, *clocks.priors());
    const calls::Course course = calls::course_of(stored.chunks, flow, {}, rules);
    calls::FindingLimits limits = rules.findings;
    limits.now = std::chrono::duration_cast<std::chrono::microseconds>(
                     std::chrono::system_clock::now().time_since_epoch())
                     .count();
    found.codes = codes_of(course, limits);
    limits.now.reset();
    found.is_final = codes_of(course, limits) == found.codes;
    return found;
}

}  // namespace ci::inspector
