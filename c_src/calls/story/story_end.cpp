#include <algorithm>
#include <map>

#include "calls/findings/found.h"
#include "calls/story/narrator.h"
#include "calls/story/words.h"
#include "calls/uri.h"
#include "sip/sdp.h"
#include "sip/text.h"

namespace ci::calls {

/// Who took the call, and who was called off because of that.
void Narrator::tell_answer() {
    const bool is_accepted = attempt_.is_accepted(course_);
    std::size_t phone = none;  // the calling that was answered
    bool has_made = false;     // calls of its own
    for (std::size_t i = 0; is_accepted && i < callings_.all.size(); ++i) {
        const Calling& one = callings_.all[i];
        if (i == main_ || !callings_.is_part(i, main_) || one.begin > attempt_.answer) continue;
        has_made = true;
        // The last one made is the farthest, and in a hunt the one that was left.
        if (one.answer != none && one.answer < attempt_.answer) phone = i;
    }
    std::size_t since = none;  // what was cancelled before that was not answered in time
    std::string text;
    if (is_accepted) {
        const Calling& taken = callings_.all[phone == none ? main_ : phone];
        since = taken.answer;
        const bool is_itself = phone == none && has_made;
        text = host(taken.taker) + (is_itself ? " took the call itself" : " took the call");
        if (analysis_.setup) text += " after " + time_text(*analysis_.setup);
        if (is_itself) text += " (voice mail, a menu, or somebody whose leg is not known)";
    }
    tell_cancelled(since, is_accepted ? callings_.all[phone == none ? main_ : phone].taker : none,
                   std::move(text));
}

/// The CANCEL on its last hop, or as near to it as one was seen.
std::size_t Narrator::cancel_of(std::size_t transaction) const {
    std::size_t t = transaction;
    for (int hops = 0; hops < most_hops_of_a_story; ++hops) {
        const Transaction& one = course_.transactions[t];
        if (one.cancel != none) return one.cancel;
        if (one.before == none || one.is_other_leg) break;
        t = one.before;
    }
    return none;
}

/// `text`: what `taker` did at `since`; its effects are added.
void Narrator::tell_cancelled(std::size_t since, std::size_t taker, std::string text) {
    std::map<std::size_t, std::vector<std::size_t>> cancelled;  // by who did it
    const bool caller_gave_up = course_.transactions[attempt_.last].cancel != none;
    for (std::size_t t = 0; t < course_.transactions.size(); ++t) {
        const Transaction& one = course_.transactions[t];
        const std::size_t cancel = cancel_of(t);
        if (!is_leaf(one) || cancel == none || callings_.of[t] == none) continue;
        const auto& cancels = course_.transactions[cancel].requests;
        if (cancels.empty() || course_.status(one) / 100 == 2) continue;
        const std::size_t maker = callings_.all[callings_.of[t]].maker;
        if (since != none && cancels.front() > since) {
            cancelled[maker].push_back(one.to);
        } else if (!caller_gave_up && t != attempt_.last) {
            add(cancels.front(), host(one.to) + " did not answer; " + host(maker) +
                                     " gave it up after " +
                                     time_text(at(cancels.front()) - course_.begin(one)) + ".");
        }
    }
    if (since == none) return;
    for (const auto& [maker, hosts] : cancelled) {
        text += std::string(maker == cancelled.begin()->first ? ", so " : ", and ") +
                (maker == taker ? "it" : host(maker)) + " cancelled " + list(hosts);
    }
    add(attempt_.answer, text + ".");
}

/// Of calls that were made later, or beside this one.
void Narrator::tell_later_answers() {
    for (std::size_t i = 0; i < callings_.all.size(); ++i) {
        const Calling& one = callings_.all[i];
        const bool is_of_answer = callings_.is_part(i, main_) && attempt_.is_accepted(course_) &&
                                  one.answer < attempt_.answer;
        if (i == main_ || one.answer == none || is_of_answer) continue;
        // Of a chain of callings the end tells it.
        const bool is_taken_behind =
            std::any_of(callings_.all.begin(), callings_.all.end(), [&](const Calling& other) {
                return other.parent == i && other.answer != none && other.answer < one.answer;
            });
        if (is_taken_behind) continue;
        add(one.answer, host(one.taker) + " took that call after " +
                            time_text(at(one.answer) - at(one.begin)) + ".");
    }
}

/// Holds and transfers.
void Narrator::tell_middle() {
    for (std::size_t m = 0; m < course_.messages.size(); ++m) {
        const Transmitted& one = course_.messages[m];
        if (!one.sip.is_request || one.repeat > 0 || one.transaction == none) continue;
        if (course_.transactions[one.transaction].before != none) continue;
        if (one.sip.method == "REFER" || one.sip.method == "NOTIFY") tell_transfer(m);
        if (one.sip.method == "INVITE" && !sip::to_tag(one.sip).empty()) tell_hold(m);
    }
}

void Narrator::tell_transfer(std::size_t message) {
    const Transmitted& one = course_.messages[message];
    if (one.sip.method == "REFER") {
        const auto uri = parse_name_addr(sip::find_header(one.sip, "Refer-To", 'r')).uri;
        const std::string target = uri.user.empty() ? std::string(uri.host) : unescape(uri.user);
        const bool has_both =
            sip::find_header(one.sip, "Refer-To", 'r').find("Replaces=") != std::string_view::npos;
        add(message,
            host(one.src) +
                (has_both ? " asked for its two calls to be connected, the other one is with "
                          : " asked for the call to be transferred to ") +
                target + ".");
        return;
    }
    // RFC 3515 2.4.5: how the transfer went, as a piece of SIP.
    constexpr std::string_view piece = "SIP/2.0 ";
    const std::string_view body = one.sip.body;
    if (!body.starts_with(piece) || body.size() < piece.size() + 3 || body[piece.size()] < '3' ||
        body[piece.size()] > '6') {
        return;
    }
    const auto status = body.substr(piece.size(), body.find_first_of("\r\n") - piece.size());
    add(message, "The transfer failed: " + std::string(status) + ".");
}

void Narrator::tell_hold(std::size_t message) {
    const Transmitted& one = course_.messages[message];
    const auto sdp = sip::parse_sdp(sip::sdp_in(one.sip.body));
    if (sdp.streams.empty() || course_.status(course_.transactions[one.transaction]) / 100 != 2) {
        return;
    }
    const auto direction = sdp.streams.front().direction;
    const bool holds =
        direction == sip::Direction::sendonly || direction == sip::Direction::inactive;
    if (holds && !is_held_) add(message, host(one.src) + " put the call on hold.");
    if (!holds && is_held_) add(message, host(one.src) + " went on with the call.");
    is_held_ = holds;
}

/// Who it is, and it did not help to say it.
bool Narrator::was_asked_before() const {
    const auto asks = [&](std::size_t t) {
        const std::uint16_t status = course_.status(course_.transactions[t]);
        return status == 401 || status == 407;
    };
    const auto& tries = main().tries;
    return asks(attempt_.last) && std::count_if(tries.begin(), tries.end(), asks) > 1;
}

void Narrator::tell_end() {
    const std::size_t last_message = course_.messages.size() - 1;
    if (attempt_.is_failed(course_)) {
        const sip::Message& response = course_.messages[attempt_.answer].sip;
        const Transaction& last = course_.transactions[attempt_.last];
        if (last.cancel != none) {
            const auto& cancels = course_.transactions[last.cancel].requests;
            const std::size_t m = cancels.empty() ? attempt_.answer : cancels.front();
            add(m, "The caller gave up after " + time_text(at(m) - course_.begin(last)) + ".");
        } else {
            add(attempt_.answer, "So " + host(last.from) + " was told: " + status_text(response) +
                                     ", which means that " +
                                     (was_asked_before() ? "its name or password is wrong"
                                                         : meaning_words(response.status)) +
                                     ".");
        }
    }
    const std::size_t told = steps_.size();
    tell_hang_ups();
    if (steps_.size() > told || attempt_.is_failed(course_)) return;
    add(last_message, attempt_.is_accepted(course_)
                          ? "The call goes on as far as is known."
                          : "Nobody has answered or refused the call as far as is known.");
}

/// Who was on the other side of the leg that a BYE ends.
std::size_t Narrator::other_end(const Transmitted& bye) const {
    std::size_t other = bye.dst;
    for (const Calling& one : callings_.all) {
        if (course_.transactions[one.last].leg != bye.leg) continue;
        other = one.maker == bye.src ? one.taker : one.maker;
    }
    return other;
}

bool Narrator::asked_for_transfer(std::size_t who) const {
    return std::any_of(course_.messages.begin(), course_.messages.end(), [&](const auto& it) {
        return it.sip.is_request && it.sip.method == "REFER" && it.src == who;
    });
}

void Narrator::tell_hang_ups() {
    std::vector<std::size_t> byes;  // that were sent because of no other one
    bool has_transfer = false;
    for (std::size_t m = 0; m < course_.messages.size(); ++m) {
        const Transmitted& one = course_.messages[m];
        if (!one.sip.is_request || one.repeat > 0 || one.transaction == none) continue;
        has_transfer = has_transfer || one.sip.method == "REFER";
        const bool is_passed_on =
            one.cause != none || course_.transactions[one.transaction].before != none;
        if (one.sip.method == "BYE" && !is_passed_on) byes.push_back(m);
    }
    if (!has_transfer) {
        // A host in between that hangs up ends both of its legs.
        const auto is_same = [&](std::size_t a, std::size_t b) {
            return course_.messages[a].src == course_.messages[b].src;
        };
        byes.erase(std::unique(byes.begin(), byes.end(), is_same), byes.end());
    }
    std::string told;
    for (const std::size_t m : byes) {
        std::string text = hang_up(m, byes.size() == 1, m == byes.back(), has_transfer);
        if (text == told) continue;  // who had two legs is let go of both
        add(m, text);
        told = std::move(text);
    }
}

std::string Narrator::hang_up(std::size_t message, bool is_only, bool is_last,
                              bool has_transfer) const {
    const Transmitted& bye = course_.messages[message];
    const std::string who = host(bye.src);
    const std::size_t other = other_end(bye);
    if (attempt_.is_failed(course_)) return who + " ended its call with " + host(other) + ".";
    if (is_only) {
        const bool is_named = analysis_.hung_up_by == "caller" || analysis_.hung_up_by == "callee";
        std::string text = (is_named ? "The " + analysis_.hung_up_by : who) + " hung up";
        if (analysis_.duration) text += " after " + time_text(*analysis_.duration);
        return text + ".";
    }
    // A host that transfers a call lets the one go who asked for it.
    std::string lets_go = who + " took " + host(other) + " out of the call.";
    if (asked_for_transfer(other)) return lets_go;
    if (is_last) return who + " hung up.";
    const bool is_between =
        std::any_of(callings_.all.begin(), callings_.all.end(),
                    [&](const Calling& one) { return one.parent != none && one.maker == bye.src; });
    if (has_transfer && is_between) return lets_go;
    return who + " left the call.";
}

}  // namespace ci::calls
