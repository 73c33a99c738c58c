// session_timer_expired: a BYE when Session-Expires is over, and nobody refreshed (RFC 4028 10).
#include <algorithm>
#include <map>
#include <tuple>

#include "calls/findings/found.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

using wire::Micros;

constexpr Micros second = 1'000'000;
/// A call that goes on after that was refreshed unseen, or nobody counts.
constexpr Micros longest_overrun = 5 * second;

/// "1800;refresher=uac": in microseconds; 0: none.
Micros session_interval(const sip::Message& message) {
    const auto value = sip::find_header(message, "Session-Expires", 'x');
    const auto digits = sip::trim(value.substr(0, value.find(';')));
    constexpr std::uint32_t longest = 604'800;
    const auto seconds = sip::read_decimal<std::uint32_t>(digits).value_or(0);
    return static_cast<Micros>(std::min(seconds, longest)) * second;
}

bool may_refresh(std::string_view method) {
    return method == "INVITE" || method == "UPDATE";
}

/// The session of one leg: when it was agreed on or refreshed last, and for how long.
struct Session {
    std::size_t message = none;
    Micros interval = 0;
    bool is_doubtful = false;  ///< something shows a request that nobody saw
};

/// A request that was sent once, and whose answer nobody saw, was answered: silence repeats itself.
bool is_answered_unseen(const Course& course, const Transmitted& one) {
    if (one.transaction == none || !one.sip.is_request || !may_refresh(one.sip.method))
        return false;
    const Transaction& of = course.transactions[one.transaction];
    if (sip::to_tag(one.sip).empty() || !of.finals.empty() || of.requests.size() > 1) return false;
    return std::all_of(of.behind.begin(), of.behind.end(), [&](std::size_t behind) {
        const Transaction& next = course.transactions[behind];
        return next.requests.size() < 2 && course.status(next) < 300;
    });
}

class Sessions {
  public:
    explicit Sessions(Found& found)
        : found_(found), course_(found.course), sessions_(course_.legs), is_over_(course_.legs) {}

    void find() {
        for (std::size_t m = 0; m < course_.messages.size(); ++m) {
            const Transmitted& one = course_.messages[m];
            if (is_over_[one.leg]) continue;
            count(one);
            const bool agrees =
                !one.sip.is_request && one.sip.status / 100 == 2 && may_refresh(one.sip.method);
            if (agrees || is_answered_unseen(course_, one)) renew(m);
            if (one.sip.is_request && one.sip.method == "BYE") end(m);
        }
    }

  private:
    /// Numbers of one sender's requests rise by one (RFC 3261 12.2.1.1).
    void count(const Transmitted& one) {
        if (!one.sip.is_request || !one.sip.cseq || one.sip.method == "ACK") return;
        const std::uint64_t number = one.sip.cseq->number;
        const auto [last, is_new] = numbers_.try_emplace({one.leg, sip::from_tag(one.sip)}, number);
        if (!is_new && number > last->second + 1) sessions_[one.leg].is_doubtful = true;
        last->second = std::max(last->second, number);
    }

    void renew(std::size_t m) {
        const Transmitted& one = course_.messages[m];
        const Micros interval = session_interval(one.sip);
        Session& session = sessions_[one.leg];
        if (interval == 0 && session.interval == 0) return;
        session = {m, interval > 0 ? interval : session.interval};
    }

    void end(std::size_t m) {
        const Transmitted& one = course_.messages[m];
        is_over_[one.leg] = true;
        const Session& session = sessions_[one.leg];
        if (session.message == none || session.is_doubtful || found_.has_set_clocks()) return;
        if (!found_.knows_time_of(m) || !found_.knows_time_of(session.message)) return;
        // RFC 4028 10: the BYE comes a little before the end.
        const Micros lead = std::min(32 * second, session.interval / 3) + second;
        const Micros lasted = found_.time_between(session.message, m);
        if (lasted < session.interval - lead) return;
        if (lasted > session.interval + longest_overrun) return;
        found_.add(Code::session_timer_expired, Severity::error,
                   found_.host(one.src) + " hung up after " + time_text(lasted) +
                       ": the session of " + time_text(session.interval) +
                       " was not refreshed (Session-Expires).",
                   {session.message, m}, one.src);
    }

    Found& found_;
    const Course& course_;
    std::vector<Session> sessions_;  ///< by leg
    std::vector<bool> is_over_;
    std::map<std::pair<std::size_t, std::string_view>, std::uint64_t> numbers_;
};

}  // namespace

void find_expired_sessions(Found& found) {
    Sessions(found).find();
}

}  // namespace ci::calls
