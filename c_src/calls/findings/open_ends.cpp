// How a call ends, or does not: leg_left_open, media_timeout, short_call.
#include <algorithm>
#include <array>

#include "calls/findings/found.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

using wire::Micros;

constexpr Micros second = 1'000'000;
constexpr Micros longest_delay_of_a_bye = 10 * second;
/// Who stays for longer before hanging up has somebody to talk to: a conference, whose other legs
/// nobody saw.
constexpr Micros longest_wait_in_silence = 60 * second;
constexpr Micros shortest_usual_call = 3 * second;

/// `host`: sends or receives it; none: any does.
std::size_t first_bye(const Course& course, std::size_t leg, std::size_t host = none) {
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        const bool is_there = host == none || one.src == host || one.dst == host;
        if (one.leg == leg && one.sip.is_request && one.sip.method == "BYE" && is_there) return m;
    }
    return none;
}

/// The response to a BYE shows one that nobody captured.
bool is_end_answered(const Course& course, std::size_t leg, std::size_t host) {
    return std::any_of(course.transactions.begin(), course.transactions.end(),
                       [&](const Transaction& one) {
                           return one.leg == leg && one.method == "BYE" && one.requests.empty() &&
                                  (one.from == host || one.to == host);
                       });
}

/// Of a leg with several dialogs the one that ended last.
std::size_t bye_of_leg(const Course& course, std::size_t leg, std::size_t host) {
    std::size_t last = first_bye(course, leg, host);
    for (std::size_t m = last == none ? course.messages.size() : last; m < course.messages.size();
         ++m) {
        const Transmitted& one = course.messages[m];
        const bool is_there = one.src == host || one.dst == host;
        const bool is_bye = one.sip.is_request && one.sip.method == "BYE" && one.repeat == 0;
        if (one.leg == leg && is_bye && is_there) last = m;
    }
    return last;
}

std::size_t first_2xx(const Course& course, const Transaction& one) {
    for (const std::size_t m : one.finals) {
        if (course.messages[m].sip.status < 300) return m;
    }
    return none;
}

/// Somebody who sees what this host does saw it go on after the BYE: it did not fall silent.
bool is_watched_after(const Course& course, std::size_t host, std::size_t bye) {
    const std::size_t of = course.messages[bye].transaction;
    return std::any_of(course.messages.begin() + static_cast<std::ptrdiff_t>(bye) + 1,
                       course.messages.end(), [&](const Transmitted& one) {
                           const bool is_it =
                               one.sip.is_request && of != none && one.transaction == of;
                           return !is_it && ((one.src == host && one.is_seen_at_src) ||
                                             (one.dst == host && one.is_seen_at_dst));
                       });
}

/// Who transfers a call leaves it at once.
bool is_transferred(const Course& course, std::size_t leg) {
    return std::any_of(course.messages.begin(), course.messages.end(), [&](const auto& it) {
        return it.leg == leg && it.sip.is_request && it.sip.method == "REFER";
    });
}

/// The BYE with which nobody was left for the open leg to talk to: the host may have kept a third
/// one, of a conference or of a transfer that it carried out itself. None: it still does.
std::size_t last_end(const Course& course, std::size_t host, std::size_t ended, std::size_t open,
                     std::size_t bye) {
    for (const Transaction& one : course.transactions) {
        if (one.leg == ended || one.leg == open || (one.from != host && one.to != host)) continue;
        // Of a capture that began late the end alone shows that the leg was answered.
        const bool was_answered = one.method == "INVITE" && first_2xx(course, one) != none;
        if (!was_answered && one.method != "BYE") continue;
        const std::size_t end = first_bye(course, one.leg, host);
        if (end == none) return none;
        if (course.messages[end].at > course.messages[bye].at) bye = end;
    }
    return bye;
}

/// The host between two legs hung up one of them, and was seen not to hang up the other.
void find_left_open(Found& found) {
    const Course& course = found.course;
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& inner = course.transactions[t];
        if (!inner.is_other_leg || inner.before == none || inner.method != "INVITE") continue;
        const Transaction& outer = course.transactions[inner.before];
        if (first_2xx(course, inner) == none || first_2xx(course, outer) == none) continue;
        const std::size_t host = inner.from;
        if (host == none || !course.hosts[host].is_watched) continue;
        // Else a host that nobody saw is between them, and has one leg of each.
        if (outer.to != host) continue;
        for (const auto& [ended, open] :
             {std::pair(outer.leg, inner.leg), std::pair(inner.leg, outer.leg)}) {
            std::size_t bye = bye_of_leg(course, ended, host);
            if (bye == none || is_end_answered(course, open, host)) continue;
            if (is_transferred(course, ended)) continue;
            bye = last_end(course, host, ended, open, bye);
            if (bye == none) continue;
            const std::size_t other = first_bye(course, open, host);
            if (other != none && !found.knows_time_of(bye)) continue;
            if (other == none && !is_watched_after(course, host, bye)) continue;
            const Micros waited = other == none ? found.quiet_since(course.messages[bye].at)
                                                : found.time_between(bye, other);
            if (waited <= longest_delay_of_a_bye) continue;
            const std::size_t peer = open == inner.leg ? inner.to : outer.from;
            const bool peer_left = other != none && course.messages[other].src == peer;
            if (peer_left && waited > longest_wait_in_silence) continue;
            std::string text = "The call was hung up, and " + found.host(host) +
                               " did not hang up its other leg to " + found.host(peer);
            text += other == none ? "." : " before " + time_text(waited) + " had passed.";
            Finding& finding =
                found.add(Code::leg_left_open, Severity::error, text, {bye, other}, host);
            finding.leg = open;
            break;
        }
    }
}

bool contains_without_case(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) {
               return sip::to_lower(a) == sip::to_lower(b);
           }) != text.end();
}

void find_media_timeouts(Found& found) {
    // FreeSWITCH, rtpengine, Kamailio; session border controllers; phones.
    constexpr std::array<std::string_view, 14> words = {
        "media timeout",     "media_timeout", "media-timeout", "rtp timeout", "rtp_timeout",
        "rtp-timeout",       "no media",      "no rtp",        "rtp inactiv", "media inactiv",
        "broken connection", "flow guard",    "rtp broken",    "no audio"};
    const Course& course = found.course;
    std::vector<bool> told(course.legs, false);
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        if (!one.sip.is_request || one.sip.method != "BYE" || told[one.leg]) continue;
        const auto reason = sip::find_header(one.sip, "Reason", 0);
        const bool is_media = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
            return contains_without_case(reason, word);
        });
        if (!is_media) continue;
        std::fill(told.begin(), told.end(), true);
        found.add(Code::media_timeout, Severity::error,
                  found.host(one.src) +
                      " hung up because it heard nothing (Reason: " + std::string(reason) + ").",
                  {m}, one.src);
    }
}

/// The BYE of who hung up, which hosts in between passed on as this one.
std::size_t first_of_its_way(const Course& course, std::size_t bye) {
    std::size_t t = course.messages[bye].transaction;
    for (std::size_t steps = 0; t != none && steps < course.transactions.size(); ++steps) {
        const Transaction& one = course.transactions[t];
        if (!one.requests.empty()) bye = std::min(bye, one.requests.front());
        t = one.before;
    }
    return bye;
}

void find_short_call(Found& found) {
    if (!found.is_answered) return;
    const Course& course = found.course;
    const Transmitted& answer = course.messages[found.attempt.answer];
    const std::size_t bye_of_leg = first_bye(course, answer.leg);
    if (bye_of_leg == none || bye_of_leg < found.attempt.answer) return;
    if (is_transferred(course, answer.leg)) return;
    std::size_t bye = first_of_its_way(course, bye_of_leg);
    if (bye < found.attempt.answer || !found.knows_time_of(bye)) bye = bye_of_leg;
    if (!found.knows_time_of(found.attempt.answer) || !found.knows_time_of(bye)) return;
    const Micros lasted = course.messages[bye].at - answer.at;
    if (lasted > shortest_usual_call) return;
    found.add(
        Code::short_call, Severity::info,
        found.host(who_asked(course, bye)) + " hung up " + time_text(lasted) + " after the answer.",
        {found.attempt.answer, bye});
}

}  // namespace

void find_open_ends(Found& found) {
    find_left_open(found);
    find_media_timeouts(found);
    find_short_call(found);
}

}  // namespace ci::calls
