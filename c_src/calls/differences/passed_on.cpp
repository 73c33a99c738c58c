#include "calls/differences/passed_on.h"

#include <algorithm>
#include <string_view>

namespace ci::calls {
namespace {

std::string_view identity_of(const sip::Via& via) {
    return via.branch.empty() ? via.text : via.branch;
}

/// `shorter` is what `longer` was before a proxy put its Via on top.
bool is_one_via_below(const Transmitted& longer, const Transmitted& shorter) {
    if (longer.vias.size() != shorter.vias.size() + 1 || shorter.vias.empty()) return false;
    return std::equal(
        shorter.vias.begin(), shorter.vias.end(), longer.vias.begin() + 1,
        [](const sip::Via& a, const sip::Via& b) { return identity_of(a) == identity_of(b); });
}

class PassedOn {
  public:
    PassedOn(const Course& course, std::size_t message)
        : course_(course), message_(message), one_(course.messages[message]) {}

    std::vector<std::size_t> find() {
        over_legs();
        if (!found_.empty()) return std::move(found_);
        if (!one_.sip.is_request) {
            response();
        } else if (one_.sip.method == "ACK") {
            acknowledgement();
        } else if (one_.transaction != none) {
            request(course_.transactions[one_.transaction]);
        }
        std::sort(found_.begin(), found_.end());
        return std::move(found_);
    }

  private:
    void over_legs() {
        for (std::size_t m = 0; m < course_.messages.size(); ++m) {
            const Transmitted& other = course_.messages[m];
            if (other.cause != message_ || other.sip.is_request != one_.sip.is_request) continue;
            if (one_.sip.is_request && other.sip.method != one_.sip.method) continue;
            found_.push_back(m);
        }
    }

    void request(const Transaction& transaction) {
        if (transaction.cancels == none) {
            for (const std::size_t t : transaction.behind) take(course_.transactions[t].requests);
            return;
        }
        for (const std::size_t t : course_.transactions[transaction.cancels].behind) {
            const std::size_t cancel = course_.transactions[t].cancel;
            if (cancel != none) take(course_.transactions[cancel].requests);
        }
    }

    /// The retransmission of the same number, else the first transmission.
    void take(const std::vector<std::size_t>& requests) {
        if (requests.empty()) return;
        const auto same = std::find_if(requests.begin(), requests.end(), [&](std::size_t m) {
            return course_.messages[m].repeat == one_.repeat;
        });
        found_.push_back(same == requests.end() ? requests.front() : *same);
    }

    /// An ACK of a 2xx is of no transaction (RFC 3261 17.1), so its Vias tell.
    void acknowledgement() {
        if (one_.transaction != none) return;
        for (std::size_t m = 0; m < course_.messages.size(); ++m) {
            const Transmitted& other = course_.messages[m];
            if (other.leg != one_.leg || other.sip.method != "ACK" || !other.sip.is_request)
                continue;
            if (other.src != one_.dst || !is_one_via_below(other, one_)) continue;
            found_.push_back(m);
            return;
        }
    }

    void response() {
        if (one_.transaction == none) return;
        const std::size_t before = course_.transactions[one_.transaction].before;
        if (before == none) return;
        const Transaction& hop = course_.transactions[before];
        for (const std::size_t m : one_.sip.status < 200 ? hop.provisionals : hop.finals) {
            const Transmitted& other = course_.messages[m];
            if (m < message_ || other.sip.status != one_.sip.status) continue;
            if (other.leg == one_.leg && !one_.vias.empty() && !is_one_via_below(one_, other)) {
                continue;
            }
            found_.push_back(m);
            return;
        }
    }

    const Course& course_;
    const std::size_t message_;
    const Transmitted& one_;
    std::vector<std::size_t> found_;
};

}  // namespace

std::vector<std::size_t> passed_on(const Course& course, std::size_t message) {
    return PassedOn(course, message).find();
}

}  // namespace ci::calls
