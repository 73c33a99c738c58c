#include "calls/story/story.h"

#include <algorithm>
#include <map>

#include "calls/findings/attempt.h"
#include "calls/findings/found.h"
#include "calls/story/words.h"
#include "calls/uri.h"
#include "sip/sdp.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

using wire::Micros;

class Narrator {
  public:
    Narrator(const Course& course, const Analysis& analysis)
        : course_(course), analysis_(analysis), attempt_(attempt_of(course)) {}

    std::vector<Sentence> tell() {
        if (course_.messages.empty() || attempt_.last == none) return {};
        begin_ = course_.messages.front().at;
        if (course_.transactions[attempt_.last].method == "INVITE") {
            tell_call();
        } else {
            tell_request();
        }
        std::stable_sort(steps_.begin(), steps_.end(),
                         [](const Step& a, const Step& b) { return a.message < b.message; });
        std::vector<Sentence> sentences;
        for (const Step& step : steps_) {
            sentences.push_back(
                {course_.messages[step.message].at - begin_, chunk::to_utf8(step.text)});
        }
        shorten(sentences);
        return sentences;
    }

  private:
    struct Step {
        std::size_t message;
        std::string text;
    };
    void add(std::size_t message, std::string text) {
        if (message != none) steps_.push_back({message, std::move(text)});
    }

    [[nodiscard]] std::string host(std::size_t index) const {
        return std::string(course_.name(index));
    }

    /// The caller by the name that From gives, the rest by their hosts.
    [[nodiscard]] std::string caller() const {
        const Transaction& last = course_.transactions[attempt_.last];
        const Transmitted* request = course_.first_request(last);
        if (request == nullptr) return host(last.from);
        const std::string who = party_text(sip::find_header(request->sip, "From", 'f'));
        return who.empty() ? host(last.from) : who + " (" + host(last.from) + ")";
    }
    [[nodiscard]] std::string callee() const {
        const Transaction& last = course_.transactions[attempt_.last];
        const Transmitted* request = course_.first_request(last);
        if (request == nullptr) return "somebody";
        const std::string user = unescape(parse_uri(request->sip.request_uri).user);
        const std::string who = party_text(sip::find_header(request->sip, "To", 't'));
        return !who.empty() ? who : user.empty() ? std::string(request->sip.request_uri) : user;
    }

    void tell_call() {
        const Transaction& last = course_.transactions[attempt_.last];
        const std::size_t asked = first_message(course_.transactions[attempt_.tries.front()]);
        add(asked, caller() + " called " + callee() + " by way of " + host(last.to) + ".");
        tell_challenges();
        tell_calling_on();
        tell_refused_branches();
        tell_ringing();
        tell_answer();
        tell_middle();
        tell_end();
    }

    [[nodiscard]] std::size_t first_message(const Transaction& of) const {
        for (const auto* list : {&of.requests, &of.provisionals, &of.finals}) {
            if (!list->empty()) return list->front();
        }
        return none;
    }

    void tell_challenges() {
        if (attempt_.tries.size() < 2) return;
        for (const std::size_t t : attempt_.tries) {
            const Transaction& one = course_.transactions[t];
            const std::uint16_t status = course_.status(one);
            if (status != 401 && status != 407) continue;
            add(one.finals.front(), host(one.to) + " asked " + host(one.from) + " who it is (" +
                                        std::to_string(status) +
                                        "), and it tried again with its name and password.");
            return;
        }
    }

    /// Which hosts a call went to from there: a sentence for each host that called on.
    void tell_calling_on() {
        std::map<std::size_t, std::vector<std::size_t>> targets;  // host, transactions
        for (std::size_t t = 0; t < course_.transactions.size(); ++t) {
            const Transaction& one = course_.transactions[t];
            if (one.method != "INVITE" || !is_initial(course_, one)) continue;
            if (one.before == none || one.requests.empty()) continue;
            if (is_behind(course_, t, attempt_.last)) targets[one.from].push_back(t);
        }
        for (const auto& [from, transactions] : targets) {
            std::vector<std::string> names;
            for (const std::size_t t : transactions) {
                const std::string name = host(course_.transactions[t].to);
                if (std::find(names.begin(), names.end(), name) == names.end()) {
                    names.push_back(name);
                }
            }
            const Transaction& first = course_.transactions[transactions.front()];
            const std::string how =
                first.is_other_leg ? " made a call of its own to " : " passed the call on to ";
            add(first.requests.front(), host(from) + how + list_text(names) + ".");
        }
    }

    void tell_refused_branches() {
        for (std::size_t t = 0; t < course_.transactions.size(); ++t) {
            const Transaction& one = course_.transactions[t];
            const std::uint16_t status = course_.status(one);
            if (one.method != "INVITE" || status < 300 || !one.behind.empty()) continue;
            const bool is_expected = status == 401 || status == 407 || status == 487;
            if (is_expected || !is_initial(course_, one)) continue;
            add(one.finals.front(), host(one.to) + ' ' + refusal_words(status) + " (" +
                                        status_text(course_.messages[one.finals.front()].sip) +
                                        ").");
        }
    }

    void tell_ringing() {
        if (!analysis_.post_dial_delay) return;
        for (const std::size_t m : course_.transactions[attempt_.last].provisionals) {
            const Transmitted& one = course_.messages[m];
            if (one.sip.status < 180 || one.sip.status >= 190) continue;
            const bool has_sound = one.sip.status == 183;
            add(m, (has_sound ? "The caller heard something from the other side after "
                              : "The caller heard it ring after ") +
                       time_text(*analysis_.post_dial_delay) + ".");
            return;
        }
    }

    /// The phone that answered, and the others that were called off because of that.
    void tell_answer() {
        if (!attempt_.is_accepted(course_)) return;
        std::size_t phone = course_.transactions[attempt_.last].to;
        std::vector<std::string> called_off;
        for (std::size_t t = 0; t < course_.transactions.size(); ++t) {
            const Transaction& one = course_.transactions[t];
            if (one.method != "INVITE" || !is_behind(course_, t, attempt_.last)) continue;
            if (!one.behind.empty()) continue;
            if (course_.status(one) / 100 == 2 && is_initial(course_, one)) phone = one.to;
            if (one.cancel != none) called_off.push_back(host(one.to));
        }
        std::string text = host(phone) + " took the call";
        if (analysis_.setup) text += " after " + time_text(*analysis_.setup);
        if (!called_off.empty())
            text += "; the call to " + list_text(called_off) + " was called off";
        add(attempt_.answer, text + ".");
    }

    /// Holds and transfers.
    void tell_middle() {
        for (std::size_t m = 0; m < course_.messages.size(); ++m) {
            const Transmitted& one = course_.messages[m];
            if (!one.sip.is_request || one.repeat > 0 || one.transaction == none) continue;
            const Transaction& transaction = course_.transactions[one.transaction];
            if (transaction.before != none) continue;
            if (one.sip.method == "REFER") {
                const auto target = sip::find_header(one.sip, "Refer-To", 'r');
                add(m, host(one.src) + " asked for the call to be transferred to " +
                           std::string(parse_name_addr(target).uri.user) + ".");
            } else if (one.sip.method == "INVITE" && !sip::to_tag(one.sip).empty()) {
                const auto sdp = sip::parse_sdp(sip::sdp_in(one.sip.body));
                if (sdp.streams.empty() || course_.status(transaction) / 100 != 2) continue;
                const auto direction = sdp.streams.front().direction;
                const bool holds =
                    direction == sip::Direction::sendonly || direction == sip::Direction::inactive;
                if (holds) add(m, host(one.src) + " put the call on hold.");
                if (!holds && is_held_) add(m, host(one.src) + " went on with the call.");
                is_held_ = holds;
            }
        }
    }

    void tell_end() {
        if (attempt_.is_failed(course_)) {
            const sip::Message& response = course_.messages[attempt_.answer].sip;
            const Transaction& last = course_.transactions[attempt_.last];
            if (last.cancel != none) {
                const auto& cancels = course_.transactions[last.cancel].requests;
                const std::size_t m = cancels.empty() ? attempt_.answer : cancels.front();
                add(m, "The caller gave up after " +
                           time_text(course_.messages[m].at - course_.begin(last)) + ".");
                return;
            }
            add(attempt_.answer, "So " + host(last.from) + " was told: " + status_text(response) +
                                     ", which means that " + meaning_words(response.status) + ".");
            return;
        }
        for (std::size_t m = 0; m < course_.messages.size(); ++m) {
            const Transmitted& one = course_.messages[m];
            if (!one.sip.is_request || one.sip.method != "BYE") continue;
            const std::string who = analysis_.hung_up_by == "caller"   ? "The caller"
                                    : analysis_.hung_up_by == "callee" ? "The callee"
                                                                       : analysis_.hung_up_by;
            std::string text = (who.empty() ? host(one.src) : who) + " hung up";
            if (analysis_.duration) text += " after " + time_text(*analysis_.duration);
            add(m, text + ".");
            return;
        }
        if (!attempt_.is_accepted(course_)) {
            add(course_.messages.size() - 1,
                "Nobody has answered or refused the call as far as is known.");
        } else {
            add(course_.messages.size() - 1, "The call goes on as far as is known.");
        }
    }

    /// REGISTER, OPTIONS, MESSAGE and others.
    void tell_request() {
        for (const std::size_t t : attempt_.tries) {
            const Transaction& one = course_.transactions[t];
            std::string text =
                host(one.from) + " sent " + std::string(one.method) + " to " + host(one.to);
            const Transmitted* answer = course_.final(one);
            text += answer == nullptr ? ", and no answer was seen."
                                      : "; the answer was " + status_text(answer->sip) + ".";
            add(first_message(one), std::move(text));
        }
    }

    static void shorten(std::vector<Sentence>& sentences) {
        if (sentences.size() <= most_sentences) return;
        const std::size_t left_out = sentences.size() - (most_sentences - 1);
        Sentence last = std::move(sentences.back());
        // The end matters more than what lies before it.
        sentences.resize(most_sentences - 2);
        sentences.push_back({last.at, std::to_string(left_out) + " steps are left out here."});
        sentences.push_back(std::move(last));
    }

    const Course& course_;
    const Analysis& analysis_;
    Attempt attempt_;
    Micros begin_ = 0;
    bool is_held_ = false;
    std::vector<Step> steps_;
};

}  // namespace

std::vector<Sentence> story_of(const Course& course, const Analysis& analysis) {
    return Narrator(course, analysis).tell();
}

}  // namespace ci::calls
