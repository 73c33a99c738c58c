// scanner, registration_unstable: what a sender looks like, and how it registers.
#include <algorithm>
#include <array>
#include <map>

#include "calls/findings/found.h"
#include "calls/uri.h"
#include "sip/params.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

using wire::Micros;

/// In lower case: parts of the User-Agents of tools that look for open accounts.
constexpr std::array<std::string_view, 12> scanners = {
    "friendly-scanner", "sipvicious", "sipcli", "sundayddr", "sip-scan",     "sipscan",
    "vaxsipuseragent",  "pplsip",     "iwar",   "smap",      "siparmyknife", "friendly-request"};

void find_scanners(Found& found) {
    const Course& course = found.course;
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        if (!one.sip.is_request) continue;
        std::string agent(sip::find_header(one.sip, "User-Agent", 0));
        std::transform(agent.begin(), agent.end(), agent.begin(), sip::to_lower);
        const bool is_known = std::any_of(scanners.begin(), scanners.end(), [&](auto name) {
            return agent.find(name) != std::string::npos;
        });
        if (!is_known) continue;
        found.add(Code::scanner, Severity::info,
                  found.host(one.src) +
                      " looks for open accounts: its User-Agent is that of a "
                      "scanner.",
                  {m}, one.src);
        return;
    }
}

constexpr std::size_t many_changes = 3;
constexpr Micros usual_interval = 3'600'000'000;

Micros seconds(std::string_view text) {
    constexpr std::uint32_t longest = 604'800;
    return static_cast<Micros>(
               std::min(sip::read_decimal<std::uint32_t>(sip::trim(text)).value_or(0), longest)) *
           1'000'000;
}

std::string_view address_in(std::string_view contact) {
    const auto begin = contact.find('<');
    return begin == std::string_view::npos
               ? sip::trim(contact.substr(0, contact.find(';')))
               : contact.substr(begin + 1, contact.find('>', begin) - begin - 1);
}

/// A registrar lists what all devices of the user registered: the one of this address, else all.
std::string_view binding_in(const sip::Message& message, std::string_view address) {
    auto headers = message.headers;
    while (const auto header = sip::next_header(headers)) {
        if (!sip::is_named(*header, "Contact", 'm')) continue;
        for (std::string_view rest = header->value; !rest.empty();) {
            const auto comma = sip::find_unquoted(rest, ',');
            const auto one = rest.substr(0, comma);
            if (address_in(one) == address) return one;
            rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        }
    }
    return sip::find_header(message, "Contact", 'm');
}

/// How long the registration holds, by the registrar, else by the phone.
Micros interval_of(const sip::Message& request, const sip::Message& response) {
    const auto address = address_in(sip::find_header(request, "Contact", 'm'));
    for (const sip::Message* message : {&response, &request}) {
        const auto contact = binding_in(*message, address);
        const auto at = contact.find("expires=");
        if (at != std::string_view::npos) {
            const auto rest = contact.substr(at + 8);
            const Micros found = seconds(rest.substr(0, rest.find_first_not_of("0123456789")));
            if (found > 0) return found;
        }
        const Micros found = seconds(sip::find_header(*message, "Expires", 0));
        if (found > 0) return found;
    }
    return usual_interval;
}

bool is_leaving(const sip::Message& request, std::string_view contact) {
    const auto at = contact.find("expires=0");
    if (at == std::string_view::npos) {
        return sip::trim(sip::find_header(request, "Expires", 0)) == "0";
    }
    const auto rest = contact.substr(at + 9);
    return rest.empty() || !sip::is_digit(rest.front());
}

void find_unstable_registrations(Found& found) {
    const Course& course = found.course;
    struct State {
        std::size_t message = none;
        std::string contact;
        std::uint64_t number = 0;  ///< the highest CSeq so far
        Micros interval = 0;
        std::vector<std::size_t> changes;
        bool is_told = false;
    };
    std::map<std::string_view, State> by_record;  // by the address of record
    for (const Transaction& one : course.transactions) {
        if (one.method != "REGISTER" || one.before != none || one.requests.empty()) continue;
        const Transmitted& request = *course.first_request(one);
        const auto contact = sip::find_header(request.sip, "Contact", 'm');
        if (contact.empty()) continue;
        const auto to = sip::find_header(request.sip, "To", 't');
        State& state = by_record[parse_name_addr(to).uri.user];
        const std::uint64_t number = request.sip.cseq ? request.sip.cseq->number : 0;
        const bool has_gap = number > state.number + 1;  // of requests that nobody saw
        state.number = std::max(state.number, number);
        if (is_leaving(request.sip, contact) || (has_gap && state.message != none)) {
            state.message = none;
        }
        if (course.status(one) / 100 != 2 || is_leaving(request.sip, contact)) continue;
        const Transmitted& response = *course.final(one);
        const auto end = contact.find('>');
        std::string address(contact.substr(0, end));
        const std::size_t m = one.requests.front();
        if (state.message != none && !state.is_told) {
            const Micros passed = found.time_between(state.message, m);
            if (address != state.contact) state.changes.push_back(m);
            const bool has_lapsed = passed > state.interval + 5'000'000 &&
                                    !found.has_set_clocks() && found.knows_time_of(m) &&
                                    found.knows_time_of(state.message);
            const bool changes_often =
                state.changes.size() > many_changes &&
                found.time_between(state.changes.front(), m) <= state.interval;
            if (has_lapsed || changes_often) {
                state.is_told = true;
                std::vector<std::size_t> proof = state.changes;
                if (has_lapsed) proof = {state.message, m};
                found.add(Code::registration_unstable, Severity::warning,
                          has_lapsed ? found.host(request.src) + " registered for " +
                                           time_text(state.interval) + " and came back after " +
                                           time_text(passed) + ": it was not reachable meanwhile."
                                     : found.host(request.src) + " changed its contact " +
                                           times_text(state.changes.size()) + " within " +
                                           time_text(state.interval) + '.',
                          proof, request.src);
            }
        }
        state.message = m;
        state.contact = std::move(address);
        state.interval = interval_of(request.sip, response.sip);
    }
}

}  // namespace

void find_strangers(Found& found) {
    find_scanners(found);
    find_unstable_registrations(found);
}

}  // namespace ci::calls
