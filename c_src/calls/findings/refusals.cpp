// refused, unknown_number, overloaded, codec_mismatch and others: final responses that refuse, by
// their status (RFC 3261 21).
#include "calls/findings/refusals.h"

#include <algorithm>

#include "calls/findings/found.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

struct Meaning {
    std::uint16_t status;
    Code code;
    std::string_view says;  ///< of the host that refused; empty: the status says it
};
constexpr Meaning meanings[] = {
    {404, Code::unknown_number, "does not know"},
    {410, Code::unknown_number, "knows no more"},
    {484, Code::unknown_number, "finds incomplete"},
    {485, Code::unknown_number, "finds ambiguous"},
    {604, Code::unknown_number, "does not know"},
    {500, Code::overloaded, ""},
    {502, Code::overloaded, ""},
    {503, Code::overloaded, ""},
    {504, Code::overloaded, ""},
    {580, Code::overloaded, ""},
    {415, Code::codec_mismatch, ""},
    {488, Code::codec_mismatch, ""},
    {606, Code::codec_mismatch, ""},
    {422, Code::interval_too_small, ""},
    {423, Code::interval_too_small, ""},
    {491, Code::glare, ""},
};

Meaning meaning_of(std::uint16_t status) {
    const auto* found = std::find_if(std::begin(meanings), std::end(meanings),
                                     [&](const Meaning& one) { return one.status == status; });
    return found == std::end(meanings) ? Meaning{status, Code::refused, ""} : *found;
}

/// Without any provisional response an INVITE by UDP is sent again after T1 (RFC 3261 17.1.1.2).
bool has_provisional_unseen(const Found& found, const Transaction& one) {
    constexpr wire::Micros twice_t1 = 1'000'000;
    const std::size_t asked = one.requests.front();
    return one.method == "INVITE" && one.requests.size() == 1 && !one.finals.empty() &&
           found.course.messages[asked].is_unreliable &&
           found.time_between(asked, one.finals.front()) > twice_t1;
}

/// Statuses by which people, not machines, refuse.
bool is_human(const Found& found, std::uint16_t status) {
    if (status == 486 || status == 600 || status == 603 || status == 487) return true;
    if (status != 480 && status != 408) return false;
    const Transaction& last = found.course.transactions[found.attempt.last];
    if (last.requests.empty()) return true;  // nobody saw how it began, nor whether it rang
    const auto& ringing = last.provisionals;
    if (ringing.empty() && has_provisional_unseen(found, last)) return true;
    return std::any_of(ringing.begin(), ringing.end(),
                       [&](std::size_t m) { return found.course.messages[m].sip.status >= 180; });
}

std::string extra_text(const sip::Message& refusal) {
    std::string text;
    const auto after = sip::find_header(refusal, "Retry-After", 0);
    if (!after.empty()) text += "; Retry-After: " + std::string(sip::trim(after));
    const auto warning = sip::find_header(refusal, "Warning", 0);
    if (!warning.empty()) text += "; Warning: " + std::string(sip::trim(warning));
    const auto reason = sip::find_header(refusal, "Reason", 0);
    if (!reason.empty()) text += "; Reason: " + std::string(sip::trim(reason));
    return text;
}

std::string sentence(const Found& found, const Origin& origin, std::size_t at) {
    const Transmitted& refusal = found.course.messages[origin.message];
    const Meaning meaning = meaning_of(refusal.sip.status);
    const Transaction& one = found.course.transactions[origin.transaction];
    const Transmitted* request = found.course.first_request(one);
    if (!meaning.says.empty() && request != nullptr) {
        return found.host(at) + ' ' + std::string(meaning.says) + ' ' +
               std::string(request->sip.request_uri) + ": it refused " + std::string(one.method) +
               " with " + status_text(refusal.sip) + extra_text(refusal.sip) + '.';
    }
    const std::string what = std::string(one.method) + " with " + status_text(refusal.sip) +
                             extra_text(refusal.sip) + '.';
    if (refusal.sip.status != 487) return found.host(at) + " refused " + what;
    const Transaction& last = found.course.transactions[found.attempt.last];
    return (last.cancel == none ? found.host(at)
                                : found.host(last.from) + " gave up: so " + found.host(at)) +
           " ended " + what;
}

}  // namespace

void tell_refusal(Found& found, std::size_t refusal, Severity worst, bool is_root) {
    const Course& course = found.course;
    const Origin origin = origin_of(course, refusal);
    if (origin.transaction == none || found.is_explained(origin.transaction)) return;
    const Transmitted& made = course.messages[origin.message];
    const std::uint16_t status = made.sip.status;
    // Whatever it says, OPTIONS asks whether the host is there (RFC 3261 11), and it is.
    const bool is_sign_of_life = course.transactions[origin.transaction].method == "OPTIONS" &&
                                 status != 408 && (status < 500 || status == 501);
    Code code = is_sign_of_life ? Code::refused : meaning_of(status).code;
    Severity severity = is_sign_of_life ? Severity::info : worst;
    const bool is_mild = code == Code::glare || code == Code::interval_too_small;
    if (is_mild || (is_root && is_human(found, status))) severity = Severity::info;
    std::size_t at = course.transactions[origin.transaction].to;
    std::string text;
    if (origin.unanswered != none) {
        // Too few transmissions were seen to prove it, but the host that gave up says so.
        const Transaction& silent = course.transactions[origin.unanswered];
        if (found.is_explained(origin.unanswered)) return;
        if (status == 408 && silent.requests.size() > 1) {
            code = Code::no_response;
            at = silent.to;
            text = found.host(silent.to) + " did not answer " + std::string(silent.method) +
                   " of " + found.host(silent.from) + ", which gave up with " +
                   status_text(made.sip) + '.';
        }
    }
    if (text.empty()) text = sentence(found, origin, at);
    // RFC 3261 9.2: who ends a request that was cancelled does what it is told to.
    const bool is_called_off =
        status == 487 && course.transactions[found.attempt.last].cancel != none;
    Finding& finding =
        found.add(code, severity, text, {origin.message, refusal}, is_called_off ? none : at);
    finding.messages.erase(std::unique(finding.messages.begin(), finding.messages.end()),
                           finding.messages.end());
    finding.status = status;
    finding.is_root = is_root;
    found.has_root |= is_root;
    found.explain(origin.transaction);
    if (const std::size_t t = course.messages[refusal].transaction; t != none) found.explain(t);
}

void find_refusals(Found& found) {
    const Course& course = found.course;
    const Attempt& attempt = found.attempt;
    const auto is_challenge = [](std::uint16_t status) { return status == 401 || status == 407; };
    if (attempt.is_failed(course) && !found.has_root && !found.is_explained(attempt.last) &&
        !is_challenge(attempt.status(course)) && attempt.status(course) >= 400 &&
        is_initial(course, course.transactions[attempt.last])) {
        tell_refusal(found, attempt.answer, Severity::error, true);
    }
    // Branches and earlier tries that failed where others went on.
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        const std::uint16_t status = course.status(one);
        if (status < 400 || found.is_explained(t) || !is_initial(course, one)) continue;
        // A CANCEL ends a branch by 487, and credentials are asked for as a rule.
        if (is_challenge(status) || status == 487 || one.method == "CANCEL") continue;
        if (one.method == "BYE" || one.method == "ACK") continue;
        tell_refusal(found, one.finals.front(), Severity::info, false);
    }
}

}  // namespace ci::calls
