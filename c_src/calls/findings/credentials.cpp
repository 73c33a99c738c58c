// wrong_credentials, challenge_unanswered (RFC 3261 22).
#include <algorithm>
#include <map>
#include <tuple>

#include "calls/findings/found.h"
#include "sip/params.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

constexpr wire::Micros patience_for_credentials = 10'000'000;

std::string_view unquoted(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        return text.substr(1, text.size() - 2);
    }
    return text;
}

/// The value of a parameter of `Digest a="b", c=d`.
std::string_view auth_param(std::string_view value, std::string_view wanted) {
    (void)sip::next_word(value);  // the scheme
    while (!value.empty()) {
        const auto comma = sip::find_unquoted(value, ',');
        const auto part = sip::trim(value.substr(0, comma));
        value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        if (sip::equal_without_case(sip::trim(part.substr(0, equals)), wanted)) {
            return unquoted(sip::trim(part.substr(equals + 1)));
        }
    }
    return {};
}

/// All values of the parameter in the headers of this name.
std::vector<std::string_view> auth_params(const sip::Message& message,
                                          std::initializer_list<std::string_view> names,
                                          std::string_view wanted) {
    std::vector<std::string_view> values;
    auto headers = message.headers;
    while (const auto header = sip::next_header(headers)) {
        const bool is_one = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
            return sip::is_named(*header, name, 0);
        });
        if (is_one) values.push_back(auth_param(header->value, wanted));
    }
    return values;
}
std::vector<std::string_view> given_realms(const sip::Message& request) {
    return auth_params(request, {"Authorization", "Proxy-Authorization"}, "realm");
}
std::vector<std::string_view> wanted_realms(const sip::Message& response) {
    return auth_params(response, {"WWW-Authenticate", "Proxy-Authenticate"}, "realm");
}
bool is_stale(const sip::Message& response) {
    const auto values = auth_params(response, {"WWW-Authenticate", "Proxy-Authenticate"}, "stale");
    return std::any_of(values.begin(), values.end(), [](std::string_view value) {
        return sip::equal_without_case(value, "true");
    });
}
bool share_one(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
    return std::any_of(a.begin(), a.end(), [&](std::string_view one) {
        return std::find(b.begin(), b.end(), one) != b.end();
    });
}
bool is_challenge(std::uint16_t status) {
    return status == 401 || status == 407;
}

/// The tries of one sender for one method, by CSeq.
class Tries {
  public:
    Tries(Found& found, std::vector<std::size_t> tries)
        : found_(found), course_(found.course), tries_(std::move(tries)) {}

    void find() {
        for (std::size_t i = 0; i < tries_.size(); ++i) {
            const Transaction& one = course_.transactions[tries_[i]];
            const Transmitted* request = course_.first_request(one);
            const Transmitted* refusal = course_.final(one);
            if (refusal == nullptr || found_.is_explained(tries_[i])) continue;
            if (gets_on_after(i) || comes_after_unseen_answer(i)) continue;
            // Nobody tries again after a challenge without credentials.
            const bool has_given = request == nullptr ? was_challenged_for(i, {}, true)
                                                      : !given_realms(request->sip).empty();
            if (has_given) {
                if (wrong(i, request, refusal->sip)) return;
            } else if (is_challenge(refusal->sip.status) && i + 1 == tries_.size()) {
                unanswered(i);
            }
        }
    }

  private:
    /// A later try was not asked for credentials: the earlier ones were part of it.
    [[nodiscard]] bool gets_on_after(std::size_t i) const {
        return std::any_of(tries_.begin() + static_cast<std::ptrdiff_t>(i) + 1, tries_.end(),
                           [&](std::size_t t) {
                               const Transaction& one = course_.transactions[t];
                               const std::uint16_t status = course_.status(one);
                               return (status != 0 && !is_challenge(status) && status != 403) ||
                                      !one.provisionals.empty();
                           });
    }

    /// The try before was sent once: it was answered, and nobody saw how.
    [[nodiscard]] bool comes_after_unseen_answer(std::size_t i) const {
        if (i == 0) return false;
        const Transaction& before = course_.transactions[tries_[i - 1]];
        return before.finals.empty() && before.requests.size() == 1;
    }

    [[nodiscard]] bool was_challenged_for(std::size_t i,
                                          const std::vector<std::string_view>& realms,
                                          bool any) const {
        for (std::size_t earlier = 0; earlier < i; ++earlier) {
            const Transmitted* response = course_.final(course_.transactions[tries_[earlier]]);
            if (response == nullptr || !is_challenge(response->sip.status)) continue;
            // Of a request that nobody saw only its haste shows that it was the next try.
            const Transaction& next = course_.transactions[tries_[i]];
            const bool is_later = next.requests.empty() &&
                                  course_.final(next)->at - response->at > patience_for_credentials;
            if (is_later) continue;
            if (any || share_one(wanted_realms(response->sip), realms)) return true;
        }
        return false;
    }

    /// `request`: null if nobody saw it.
    bool wrong(std::size_t i, const Transmitted* request, const sip::Message& refusal) {
        const auto wanted = wanted_realms(refusal);
        std::vector<std::string_view> given;
        if (request != nullptr) given = given_realms(request->sip);
        std::string why;
        if (is_challenge(refusal.status)) {
            if (is_stale(refusal)) return false;
            const bool same = share_one(given, wanted);
            if (!same && !was_challenged_for(i, wanted, false)) return false;
            if (!same && !wanted.empty() && !given.empty()) {
                why = ": they are for the realm " + std::string(given.front()) + ", and " +
                      std::string(wanted.front()) + " is wanted";
            }
        } else if (refusal.status != 403 || !was_challenged_for(i, wanted, true)) {
            return false;
        }
        const std::size_t t = tries_[i];
        const Transaction& one = course_.transactions[t];
        const Origin origin = origin_of(course_, one.finals.front());
        const std::size_t at =
            origin.transaction == none ? one.to : course_.transactions[origin.transaction].to;
        Finding& finding = found_.add(
            Code::wrong_credentials, Severity::error,
            found_.host(at) + " refused the credentials of " + found_.host(one.from) + " for " +
                std::string(one.method) + " with " + status_text(refusal) + why + '.',
            {one.requests.empty() ? none : one.requests.front(), one.finals.front()}, at);
        finding.status = refusal.status;
        finding.is_root = is_of_call();
        found_.has_root |= finding.is_root;
        for (const std::size_t other : tries_) found_.explain(other);
        if (origin.transaction != none) found_.explain(origin.transaction);
        return true;
    }

    void unanswered(std::size_t i) {
        const std::size_t t = tries_[i];
        const Transaction& one = course_.transactions[t];
        const Transmitted& refusal = *course_.final(one);
        if (found_.quiet_since(refusal.at) < patience_for_credentials) return;
        // The next try may have been seen on other hops only.
        const bool goes_on = std::any_of(course_.transactions.begin(), course_.transactions.end(),
                                         [&](const Transaction& other) {
                                             return other.leg == one.leg &&
                                                    other.method == one.method &&
                                                    other.number > one.number;
                                         });
        if (goes_on) return;
        // Requests of a dialog show a try that nobody saw; any answer to OPTIONS is a sign of life.
        const bool is_taken =
            one.method == "INVITE" && has_dialog(course_, one.leg, one.finals.front());
        if (is_taken || one.method == "OPTIONS") return;
        Finding& finding = found_.add(Code::challenge_unanswered, Severity::warning,
                                      found_.host(one.from) + " was asked for credentials (" +
                                          status_text(refusal.sip) + ") and did not try again.",
                                      {one.finals.front()}, one.from);
        finding.status = refusal.sip.status;
        finding.is_root = is_of_call();
        found_.has_root |= finding.is_root;
        found_.explain(t);
    }

    [[nodiscard]] bool is_of_call() const {
        return std::find(tries_.begin(), tries_.end(), found_.attempt.last) != tries_.end();
    }

    Found& found_;
    const Course& course_;
    std::vector<std::size_t> tries_;
};

}  // namespace

void find_credentials(Found& found) {
    const Course& course = found.course;
    using Sender = std::tuple<std::size_t, std::string_view, std::size_t, std::size_t>;
    std::map<Sender, std::vector<std::size_t>> tries;
    for (std::size_t t = 0; t < course.transactions.size(); ++t) {
        const Transaction& one = course.transactions[t];
        // A proxy passes a challenge on; the host that made the request answers it.
        const bool is_passed_on = one.before != none && !one.is_other_leg;
        if (is_passed_on || one.method == "CANCEL") continue;
        tries[{one.leg, one.method, one.from, one.to}].push_back(t);
    }
    for (auto& [sender, transactions] : tries) Tries(found, std::move(transactions)).find();
}

}  // namespace ci::calls
