#include <algorithm>
#include <map>
#include <utility>

#include "calls/findings/found.h"
#include "calls/story/narrator.h"
#include "calls/story/words.h"
#include "calls/uri.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

/// What a host calls within that time it calls at once.
constexpr wire::Micros at_once = 1'000'000;

bool is_challenge(std::uint16_t status) noexcept {
    return status == 401 || status == 407;
}

}  // namespace

void Narrator::tell_begin() {
    tell_main();
    // By who made them because of what; each sentence is about those that were made at once.
    std::map<std::pair<std::size_t, std::size_t>, std::vector<std::vector<std::size_t>>> made;
    for (std::size_t i = 0; i < callings_.all.size(); ++i) {
        const Calling& one = callings_.all[i];
        if (i == main_) continue;
        if (one.parent == none) {
            tell_another(one);
            continue;
        }
        auto& groups = made[{one.maker, one.parent}];
        const bool is_later =
            groups.empty() ||
            at(one.begin) - at(callings_.all[groups.back().front()].begin) > at_once;
        if (is_later) groups.emplace_back();
        groups.back().push_back(i);
    }
    for (const auto& [why, groups] : made) {
        for (const auto& together : groups) tell_made(together, &together == &groups.front());
    }
}

/// Its request; where nobody saw that, a response has the same From and To (RFC 3261 8.2.6.2).
const sip::Message& Narrator::shown_by(const Calling& calling) const {
    const Transmitted* request = course_.first_request(course_.transactions[calling.last]);
    return request != nullptr ? request->sip : course_.messages[calling.begin].sip;
}

/// By the name that From gives, and its host.
std::string Narrator::caller_of(const Calling& calling) const {
    const std::string at_host = host(calling.maker);
    const std::string who = party_text(sip::find_header(shown_by(calling), "From", 'f'));
    return who.empty() || who == at_host ? at_host : who + " (" + at_host + ")";
}

std::string Narrator::callee_of(const Calling& calling) const {
    const sip::Message& shown = shown_by(calling);
    std::string who = party_text(sip::find_header(shown, "To", 't'));
    if (!who.empty()) return who;
    if (!shown.is_request) return "somebody";
    const std::string user = unescape(parse_uri(shown.request_uri).user);
    return user.empty() ? std::string(shown.request_uri) : user;
}

void Narrator::tell_main() {
    const Calling& calling = main();
    const Transaction& last = course_.transactions[calling.last];
    add(calling.begin,
        caller_of(calling) + " called " + callee_of(calling) + " by way of " + host(last.to) + ".");
    for (const std::size_t t : calling.tries) {
        const Transaction& one = course_.transactions[t];
        if (t == calling.last || !is_challenge(course_.status(one))) continue;
        add(one.finals.front(),
            host(one.to) + " asked " + host(one.from) + " who it is (" +
                std::to_string(course_.status(one)) +
                "), and it tried again with its name and password.",
            Weight::detail);
        break;
    }
    tell_path(calling);
}

/// Where proxies passed it on to: hosts in a row in one sentence, each fork in its own.
void Narrator::tell_path(const Calling& calling) {
    const auto passed_on = [&](std::size_t t) {
        std::vector<std::size_t> next;
        for (const std::size_t b : course_.transactions[t].behind) {
            const Transaction& one = course_.transactions[b];
            if (!one.is_other_leg && one.method == "INVITE" && !one.requests.empty()) {
                next.push_back(b);
            }
        }
        return next;
    };
    std::vector<std::size_t> forks{calling.last};
    for (std::size_t i = 0; i < forks.size() && i < most_sentences; ++i) {
        std::vector<std::size_t> next = passed_on(forks[i]);
        if (next.empty()) continue;
        const std::size_t begin = course_.transactions[next.front()].requests.front();
        std::string text = host(course_.transactions[forks[i]].to) + " passed the call on to ";
        std::vector<std::size_t> passed{course_.transactions[forks[i]].to};
        while (true) {
            std::vector<std::size_t> hosts;
            for (const std::size_t t : next) {
                const std::size_t to = course_.transactions[t].to;
                if (std::find(hosts.begin(), hosts.end(), to) == hosts.end()) hosts.push_back(to);
            }
            const bool is_circle = next.size() == 1 && std::find(passed.begin(), passed.end(),
                                                                 hosts.front()) != passed.end();
            text += is_circle && hosts.front() == passed.back() ? "itself" : list(hosts);
            if (is_circle) {
                text += " again, and so on in a circle";
                next.clear();
                break;
            }
            if (next.size() != 1) break;
            passed.push_back(hosts.front());
            next = passed_on(next.front());
            if (next.empty()) break;
            text += ", and that to ";
        }
        forks.insert(forks.end(), next.begin(), next.end());
        add(begin, text + ".", Weight::detail);
    }
}

/// A call that nobody in this one made: the same caller again, or who joined it.
void Narrator::tell_another(const Calling& calling) {
    const Transaction& last = course_.transactions[calling.last];
    const bool is_same = calling.maker == main().maker;
    add(calling.begin,
        (is_same ? host(calling.maker) + " then called " : caller_of(calling) + " called ") +
            callee_of(calling) + (is_same ? "" : " as well,") + " by way of " + host(last.to) +
            ".");
}

/// What a host called because it was called itself.
void Narrator::tell_made(const std::vector<std::size_t>& together, bool is_first) {
    const Calling& first = callings_.all[together.front()];
    std::vector<std::size_t> targets;
    bool is_by_one = first.via.size() == 1;
    for (const std::size_t i : together) {
        const Calling& one = callings_.all[i];
        is_by_one = is_by_one && one.via == first.via;
        for (const std::size_t target : one.targets) {
            if (std::find(targets.begin(), targets.end(), target) == targets.end()) {
                targets.push_back(target);
            }
        }
    }
    const bool is_later = !is_first || (main().answer != none && first.begin > main().answer);
    std::string text =
        host(first.maker) + (is_later ? " then called " : " called ") + list(targets);
    if (is_by_one) text += " by way of " + host(first.via.front());
    add(first.begin, text + ".");
}

void Narrator::tell_refusals() {
    for (const Transaction& one : course_.transactions) {
        const std::uint16_t status = course_.status(one);
        if (status < 300 || is_challenge(status) || status == 487 || !is_leaf(one)) continue;
        const sip::Message& response = course_.messages[one.finals.front()].sip;
        std::string words = refusal_words(status);
        if (status < 400) {
            const auto uri = parse_name_addr(sip::find_header(response, "Contact", 'm')).uri;
            const std::string target =
                uri.user.empty() ? std::string(uri.host) : unescape(uri.user);
            if (!target.empty()) words = "said to call " + target + " instead";
        }
        add(one.finals.front(), host(one.to) + ' ' + words + " (" + status_text(response) + ").");
    }
}

/// Of whoever was called and sent nothing back.
void Narrator::tell_silence() {
    for (std::size_t t = 0; t < course_.transactions.size(); ++t) {
        const Transaction& one = course_.transactions[t];
        if (!is_leaf(one) || one.has_answer() || one.requests.size() < 2) continue;
        if (cancel_of(t) != none && t != attempt_.last) continue;  // that is told
        add(one.requests.back(), host(one.to) + " answered nothing, although " + host(one.from) +
                                     " asked " + times_text(one.requests.size()) + ".");
    }
}

void Narrator::tell_ringing() {
    if (!analysis_.post_dial_delay) return;
    for (const std::size_t m : course_.transactions[main().last].provisionals) {
        const Transmitted& one = course_.messages[m];
        if (one.sip.status < 180 || one.sip.status >= 190) continue;
        const bool has_sound = one.sip.status == 183;
        add(m,
            (has_sound ? "The caller heard something from the other side after "
                       : "The caller heard it ring after ") +
                time_text(*analysis_.post_dial_delay) + ".",
            Weight::detail);
        return;
    }
}

}  // namespace ci::calls
