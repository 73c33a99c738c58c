// unknown_dialog, transfer_failed and others: refusals of requests within a dialog.
#include <algorithm>

#include "calls/findings/found.h"
#include "calls/findings/refusals.h"
#include "sip/sdp.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

using wire::Micros;

bool is_like(std::string_view a, std::string_view b) {
    return a == b || a.empty() || b.empty();  // a copy that was cut shows no tags
}

/// Who sent it hung up, as far as that is known when this refusal left.
bool is_bye_before(const Transmitted& bye, const Transmitted& refusal, std::size_t refused_at) {
    // Clocks and ways differ by that much, and who hung up knows it before anybody sees it.
    constexpr Micros shortly_after = 2'000'000;
    const auto from = sip::from_tag(bye.sip), to = sip::to_tag(bye.sip);
    const auto asker = sip::from_tag(refusal.sip), refuser = sip::to_tag(refusal.sip);
    if (bye.leg != refusal.leg) return false;
    if (is_like(from, refuser) && is_like(to, asker)) return bye.at <= refusal.at + shortly_after;
    return is_like(from, asker) && is_like(to, refuser) && bye.event < refused_at;
}

/// RFC 3261 15.1.2: who got a BYE, or sent one, knows nothing of the dialog any more, and ends what
/// was still going on. RFC 6665 4.1.3: who ended its subscription neither.
bool comes_too_late(const Course& course, const Transaction& one) {
    const Transmitted& refusal = course.messages[one.finals.front()];
    if (refusal.sip.status == 487 && one.cancel != none) return true;
    if (refusal.sip.status != 481 && refusal.sip.status != 487) return false;
    const Transmitted* request = course.first_request(one);
    if (request != nullptr && one.method == "NOTIFY") {
        const auto state = sip::trim(sip::find_header(request->sip, "Subscription-State", 0));
        if (sip::equal_without_case(state.substr(0, 10), "terminated")) return true;
    }
    return std::any_of(course.messages.begin(), course.messages.end(), [&](const Transmitted& it) {
        const bool is_itself = one.method == "BYE" && it.sip.cseq &&
                               it.sip.cseq->number == one.number &&
                               sip::from_tag(it.sip) == sip::from_tag(refusal.sip);
        return it.sip.method == "BYE" && !is_itself && is_bye_before(it, refusal, refusal.event);
    });
}

/// Nobody knows what a request offered that was not seen, or not all of it.
bool may_offer_fax(const Transmitted* request) {
    if (request == nullptr || request->sip.truncated) return true;
    const auto sdp = sip::parse_sdp(sip::sdp_in(request->sip.body));
    return std::any_of(sdp.streams.begin(), sdp.streams.end(),
                       [](const sip::MediaStream& stream) { return stream.media == "image"; });
}

/// What was refused is done in another way: its sender tried again and was accepted, a session is
/// refreshed by INVITE instead of UPDATE (RFC 4028 7.4), a fax is sent as sound. Or it will be done
/// a little later, as another change is under way (RFC 3261 14.2, RFC 3311 5.2).
bool is_got_around(const Course& course, const Transaction& one) {
    const sip::Message& refusal = course.final(one)->sip;
    const bool is_of_media =
        refusal.status == 415 || refusal.status == 488 || refusal.status == 606;
    const bool has_no_such_method = refusal.status == 405 || refusal.status == 501;
    if (has_no_such_method && one.method == "UPDATE") return true;
    if (is_of_media && may_offer_fax(course.first_request(one))) return true;
    const bool is_for_now =
        refusal.status == 500 && !sip::find_header(refusal, "Retry-After", 0).empty();
    if (is_for_now && (one.method == "INVITE" || one.method == "UPDATE")) return true;
    return std::any_of(
        course.transactions.begin(), course.transactions.end(), [&](const Transaction& later) {
            const bool is_like =
                later.method == one.method || (one.method == "UPDATE" && later.method == "INVITE");
            return later.leg == one.leg && later.from == one.from && is_like &&
                   later.number > one.number && course.status(later) / 100 == 2;
        });
}

}  // namespace

void find_dialog_refusals(Found& found) {
    const Course& course = found.course;
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        const std::uint16_t status = course.status(one);
        if (status < 400 || found.is_explained(t) || one.method == "CANCEL") continue;
        const Transmitted* request = course.first_request(one);
        const bool is_in_dialog = one.method == "BYE" || one.method == "PRACK" ||
                                  (request != nullptr && !sip::to_tag(request->sip).empty());
        if (!is_in_dialog || status == 401 || status == 407) continue;
        if (comes_too_late(course, one)) continue;
        if (status != 481 && one.method != "REFER") {
            tell_refusal(found, one.finals.front(),
                         is_got_around(course, one) ? Severity::info : Severity::warning, false);
            continue;
        }
        const Origin origin = origin_of(course, one.finals.front());
        const std::size_t at =
            origin.transaction == none ? one.to : course.transactions[origin.transaction].to;
        const bool is_transfer = one.method == "REFER" && status != 481;
        Finding& finding = found.add(
            is_transfer ? Code::transfer_failed : Code::unknown_dialog, Severity::error,
            is_transfer ? found.host(at) + " refused the transfer of " + found.host(one.from) +
                              " with " + status_text(course.messages[origin.message].sip) + '.'
                        : found.host(at) + " does not know the dialog of the " +
                              std::string(one.method) + " that " + found.host(one.from) +
                              " sent (" + status_text(course.messages[origin.message].sip) + ").",
            {origin.message}, at);
        finding.status = status;
        found.explain(t);
        if (origin.transaction != none) found.explain(origin.transaction);
    }
    // RFC 3515 2.4.4: the outcome of a transfer comes in a NOTIFY, as a start line.
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        if (!one.sip.is_request || one.sip.method != "NOTIFY" || one.repeat > 0) continue;
        if (one.transaction != none && course.transactions[one.transaction].before != none)
            continue;
        const auto type = sip::find_header(one.sip, "Content-Type", 'c');
        if (!sip::equal_without_case(type.substr(0, 15), "message/sipfrag")) continue;
        const auto outcome = sip::parse(one.sip.body);
        if (!outcome || outcome->is_request || outcome->status < 300) continue;
        Finding& finding = found.add(Code::transfer_failed, Severity::error,
                                     "The transfer that " + found.host(one.dst) +
                                         " asked for failed: " + found.host(one.src) +
                                         " tells it " + status_text(*outcome) + '.',
                                     {m}, one.src);
        finding.status = outcome->status;
    }
}

}  // namespace ci::calls
