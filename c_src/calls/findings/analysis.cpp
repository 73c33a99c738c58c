#include "calls/findings/analysis.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "calls/findings/attempt.h"
#include "calls/findings/leg_media.h"
#include "calls/findings/party_types.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

using wire::Micros;

class Analyst {
  public:
    Analyst(const Course& course, const FindingLimits& limits, const Rules& rules)
        : course_(course), attempt_(attempt_of(course)) {
        analysis_.findings = findings_of(course, limits);
        analysis_.quality = sounds_of(course);
        const PartyTypes types = party_types_of(course, attempt_, rules);
        analysis_.originate_type = types.origin;
        analysis_.terminate_type = types.end;
    }

    Analysis tell() {
        tell_repeats();
        analysis_.media = media_of(course_);
        if (attempt_.last == none) return std::move(analysis_);
        tell_end();
        tell_times();
        tell_failure();
        return std::move(analysis_);
    }

  private:
    [[nodiscard]] const Transaction& last_try() const {
        return course_.transactions[attempt_.last];
    }

    [[nodiscard]] std::optional<Micros> ring_at() const {
        for (const std::size_t t : attempt_.tries) {
            for (const std::size_t m : course_.transactions[t].provisionals) {
                const std::uint16_t status = course_.messages[m].sip.status;
                if (status >= 180 && status < 190) return course_.messages[m].at;
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<Micros> asked_at() const {
        const Transmitted* request = course_.first_request(last_try());
        return request == nullptr ? std::nullopt : std::optional(request->at);
    }

    [[nodiscard]] std::size_t bye() const {
        for (std::size_t m = 0; m < course_.messages.size(); ++m) {
            const Transmitted& one = course_.messages[m];
            if (one.sip.is_request && one.sip.method == "BYE") return m;
        }
        return none;
    }

    /// A BYE, or an ACK that is not of a refusal, shows a 2xx that nobody saw.
    [[nodiscard]] bool was_answered_unseen() const {
        if (last_try().method != "INVITE" || attempt_.answer != none) return false;
        return std::any_of(course_.messages.begin(), course_.messages.end(), [&](const auto& one) {
            const bool is_of_dialog =
                one.sip.method == "BYE" || (one.sip.method == "ACK" && one.transaction == none);
            return one.leg == last_try().leg && one.sip.is_request && is_of_dialog;
        });
    }

    void tell_end() {
        Ending ending;
        const bool is_call = last_try().method == "INVITE";
        ending.is_registration = last_try().method == "REGISTER";
        if (attempt_.answer != none) ending.status = attempt_.status(course_);
        if (was_answered_unseen()) ending.status = std::uint16_t{200};
        if (is_call) ending.ring = ring_at();
        if (last_try().cancel != none) {
            ending.was_cancelled = true;
            const auto& requests = course_.transactions[last_try().cancel].requests;
            if (!requests.empty()) ending.end = course_.messages[requests.front()].at;
        }
        if (!ending.end && attempt_.answer != none) {
            ending.end = course_.messages[attempt_.answer].at;
        }
        if (ending.is_registration) ending.is_leaving = is_leaving();
        analysis_.outcome = outcome_of(ending);
        if (attempt_.answer == none) return;
        const sip::Message& response = course_.messages[attempt_.answer].sip;
        analysis_.final_status = response.status;
        std::string_view line = response.start_line;
        (void)sip::next_word(line);
        (void)sip::next_word(line);
        analysis_.final_reason = std::string(sip::trim(line));
        for (const std::string_view name : {"Reason", "Warning"}) {
            const auto value = sip::find_header(response, name, 0);
            if (!value.empty()) analysis_.final_reason += "; " + std::string(value);
        }
        analysis_.final_reason = chunk::to_utf8(analysis_.final_reason);
    }

    [[nodiscard]] bool is_leaving() const {
        const Transmitted* request = course_.first_request(last_try());
        if (request == nullptr) return false;
        if (sip::trim(sip::find_header(request->sip, "Expires", 0)) == "0") return true;
        const auto contact = sip::find_header(request->sip, "Contact", 'm');
        const auto at = contact.find("expires=0");
        return at != std::string_view::npos &&
               (at + 9 == contact.size() || !sip::is_digit(contact[at + 9]));
    }

    static std::optional<Micros> between(std::optional<Micros> from, std::optional<Micros> to) {
        return from && to ? std::optional(std::max<Micros>(*to - *from, 0)) : std::nullopt;
    }

    void tell_times() {
        if (last_try().method != "INVITE") return;
        const auto ring = ring_at(), asked = asked_at();
        std::optional<Micros> answer;
        if (attempt_.is_accepted(course_)) answer = course_.messages[attempt_.answer].at;
        analysis_.post_dial_delay = between(asked, ring);
        analysis_.ring = between(ring, answer);
        analysis_.setup = between(asked, answer);
        const std::size_t end = bye();
        if (end == none) return;
        analysis_.duration = between(answer, course_.messages[end].at);
        analysis_.hung_up_by = who_hung_up(end);
    }

    /// The host that made the first BYE, not those that passed it on.
    [[nodiscard]] std::string who_hung_up(std::size_t m) const {
        const std::size_t host = who_asked(course_, m);
        if (host == last_try().from) return "caller";
        // The callee is the host that made the 2xx that reached the caller.
        for (std::size_t t = 0; t < course_.transactions.size(); ++t) {
            const Transaction& one = course_.transactions[t];
            const bool answered = course_.status(one) / 100 == 2 && one.method == "INVITE";
            if (answered && one.behind.empty() && one.to == host &&
                is_behind(course_, t, attempt_.last)) {
                return "callee";
            }
        }
        return chunk::to_utf8(course_.name(host));
    }

    void tell_repeats() {
        std::map<std::tuple<std::size_t, std::size_t, std::string>, std::size_t> counts;
        for (const Transmitted& one : course_.messages) {
            if (one.repeat == 0) continue;
            std::string what(one.sip.method);
            if (!one.sip.is_request) what.insert(0, std::to_string(one.sip.status) + " to ");
            ++counts[{one.src, one.dst, std::move(what)}];
        }
        for (const auto& [hop, count] : counts) {
            const auto& [from, to, what] = hop;
            analysis_.retransmissions.push_back({chunk::to_utf8(course_.name(from)),
                                                 chunk::to_utf8(course_.name(to)),
                                                 chunk::to_utf8(what), count});
        }
    }

    void tell_failure() {
        if (analysis_.outcome == Outcome::cancelled) return;  // nobody failed
        const auto root = std::find_if(analysis_.findings.begin(), analysis_.findings.end(),
                                       [](const Finding& finding) { return finding.is_root; });
        if (root != analysis_.findings.end()) {
            analysis_.failing_host = root->host;
            analysis_.reason = root->text;
        } else if (attempt_.is_failed(course_)) {
            const Origin origin = origin_of(course_, attempt_.answer);
            const std::size_t host =
                origin.transaction == none ? none : course_.transactions[origin.transaction].to;
            const bool was_called_off =
                attempt_.status(course_) == 487 && last_try().cancel != none;
            if (attempt_.status(course_) >= 400 && host != none && !was_called_off) {
                analysis_.failing_host = chunk::to_utf8(course_.name(host));
            }
        }
        if (analysis_.failing_host.empty()) return;
        const bool is_at_origin = analysis_.failing_host == course_.name(last_try().from) ||
                                  analysis_.failing_host == course_.name(last_try().to);
        analysis_.failure_location = is_at_origin ? "origination" : "termination";
    }

    const Course& course_;
    Attempt attempt_;
    Analysis analysis_;
};

}  // namespace

Analysis analysis_of(const Course& course, const FindingLimits& limits, const Rules& rules) {
    return Analyst(course, limits, rules).tell();
}

}  // namespace ci::calls
