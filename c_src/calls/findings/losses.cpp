// lost_between: the sender's observer saw a message, the receiver's did not, although it saw others
// of this hop, and the hosts' behaviour shows that it did not arrive.
#include <algorithm>

#include "calls/findings/found.h"

namespace ci::calls {
namespace {

/// Whether what the receiver did, or what it was seen to receive later, shows that this
/// transmission arrived. `m` is a message of the transaction `t`.
class Lost {
  public:
    explicit Lost(Found& found)
        : found_(found), course_(found.course), doubles_everything_(doubles_everything()) {}

    void find() {
        for (std::size_t m = 0; m < course_.messages.size(); ++m) {
            const Transmitted& one = course_.messages[m];
            if (!one.is_seen_at_src || !one.is_missed_at_dst || !sees_hop_around(m)) continue;
            if (!did_not_arrive(m)) continue;
            lost_.push_back(m);
        }
        drop_unpaired();
        tell();
    }

  private:
    /// The observer at the receiver saw others of this hop, before and after this message, and of
    /// those some that arrived: it does not see one direction only.
    [[nodiscard]] bool sees_hop_around(std::size_t m) const {
        const Transmitted& one = course_.messages[m];
        bool before = false, after = false, arrives = false;
        for (std::size_t other = 0; other < course_.messages.size(); ++other) {
            const Transmitted& it = course_.messages[other];
            const bool is_arrival = it.dst == one.dst && it.src == one.src && it.is_seen_at_dst;
            const bool is_there =
                is_arrival || (it.src == one.dst && it.dst == one.src && it.is_seen_at_src);
            if (!is_there) continue;
            (other < m ? before : after) = true;
            arrives |= is_arrival;
        }
        return before && after && arrives;
    }

    static bool is_same_message(const Transmitted& a, const Transmitted& b) {
        return a.src == b.src && a.dst == b.dst && a.leg == b.leg &&
               a.transaction == b.transaction && a.sip.start_line == b.sip.start_line &&
               a.sip.cseq_value == b.sip.cseq_value;
    }

    /// Transmissions that only their receiver's observer saw are those that seem lost, as many as
    /// there are: where clocks are too far off, or too coarse, to tell which is which.
    void drop_unpaired() {
        std::vector<std::size_t> left(course_.messages.size());
        for (std::size_t m = 0; m < left.size(); ++m) left[m] = unpaired_sightings(m);
        std::erase_if(lost_, [&](std::size_t m) {
            for (std::size_t other = 0; other < left.size(); ++other) {
                if (left[other] == 0 ||
                    !is_same_message(course_.messages[other], course_.messages[m]))
                    continue;
                --left[other];
                return true;
            }
            return false;
        });
    }

    /// How often it was seen to arrive beyond the one time that it was seen to leave.
    [[nodiscard]] std::size_t unpaired_sightings(std::size_t m) const {
        const Transmitted& it = course_.messages[m];
        if (!it.is_seen_at_dst) return 0;
        const std::size_t twice = doubles_everything_ ? 0 : most_copies(m) - 1;
        return twice + (it.is_seen_at_src ? 0 : 1);
    }

    /// How often one observer saw it.
    [[nodiscard]] std::size_t most_copies(std::size_t m) const {
        const auto& seen = course_.flow->events[course_.messages[m].event].seen;
        std::size_t most = 0;
        for (const std::size_t one : seen) {
            most = std::max(most, static_cast<std::size_t>(std::count_if(
                                      seen.begin(), seen.end(), [&](std::size_t other) {
                                          return course_.chunks[other].observer ==
                                                 course_.chunks[one].observer;
                                      })));
        }
        return most;
    }

    /// A mirror that sends each packet twice.
    [[nodiscard]] bool doubles_everything() const {
        std::size_t doubled = 0;
        for (std::size_t m = 0; m < course_.messages.size(); ++m) doubled += most_copies(m) > 1;
        return 2 * doubled > course_.messages.size();
    }

    /// Whether the receiver reacted before the message came again.
    [[nodiscard]] bool was_acted_on(std::size_t m, std::size_t until) const {
        const Transmitted& one = course_.messages[m];
        for (std::size_t other = m + 1; other < std::min(until, course_.messages.size()); ++other) {
            const Transmitted& it = course_.messages[other];
            if (it.src != one.dst) continue;
            // The request of a response comes again exactly because the response did not arrive.
            const bool is_reply = one.sip.is_request ? !it.sip.is_request : it.sip.method == "ACK";
            if (it.transaction == one.transaction && one.transaction != none && is_reply) {
                return true;
            }
            const bool is_passed_on = it.transaction != none && one.transaction != none &&
                                      it.transaction != one.transaction &&
                                      (is_behind(course_, it.transaction, one.transaction) ||
                                       is_behind(course_, one.transaction, it.transaction));
            if (is_passed_on && it.sip.is_request == one.sip.is_request &&
                it.sip.status == one.sip.status) {
                return true;
            }
            const bool is_ack = one.sip.method == "ACK" && it.sip.is_request &&
                                it.sip.method == "ACK" && it.leg == one.leg;
            if (is_ack) return true;
        }
        return false;
    }

    [[nodiscard]] std::size_t next_repeat(std::size_t m) const {
        const Transmitted& one = course_.messages[m];
        for (std::size_t other = m + 1; other < course_.messages.size(); ++other) {
            const Transmitted& it = course_.messages[other];
            if (is_same_message(it, one)) return other;
        }
        return none;
    }

    [[nodiscard]] bool is_answer_repeated(std::size_t ack) const {
        const Transmitted& one = course_.messages[ack];
        return std::any_of(course_.messages.begin() + static_cast<std::ptrdiff_t>(ack) + 1,
                           course_.messages.end(), [&](const Transmitted& it) {
                               return !it.sip.is_request && it.leg == one.leg &&
                                      it.src == one.dst && it.sip.method == "INVITE" &&
                                      it.sip.status >= 200 && it.repeat > 0 && it.sip.cseq &&
                                      one.sip.cseq && it.sip.cseq->number == one.sip.cseq->number;
                           });
    }

    [[nodiscard]] bool did_not_arrive(std::size_t m) const {
        const Transmitted& one = course_.messages[m];
        if (one.sip.is_request && one.sip.method == "ACK") {
            return is_answer_repeated(m) && !was_acted_on(m, next_repeat(m));
        }
        // Phones tell again and again that they ring (RFC 3261 13.3.1.1): that shows no loss.
        const bool may_be_repeated = !one.sip.is_request && one.sip.status < 200 &&
                                     sip::find_header(one.sip, "RSeq", 0).empty();
        const std::size_t again = may_be_repeated ? none : next_repeat(m);
        if (again != none) return !was_acted_on(m, again);
        if (was_acted_on(m, none)) return false;
        // A request without any response; a final response whose request comes again.
        if (one.sip.is_request) {
            return one.transaction != none && !course_.transactions[one.transaction].has_answer() &&
                   one.repeat > 0;
        }
        if (one.transaction == none || one.sip.status < 200) return false;
        const auto& requests = course_.transactions[one.transaction].requests;
        return !requests.empty() && requests.back() > m;
    }

    struct Loss {
        std::size_t transaction;
        bool is_request;
        std::vector<std::size_t> messages;
        bool got_through = false;
    };

    void tell() {
        std::vector<Loss> losses;
        for (const std::size_t m : lost_) {
            const Transmitted& one = course_.messages[m];
            const auto same = std::find_if(losses.begin(), losses.end(), [&](const Loss& loss) {
                const Transmitted& first = course_.messages[loss.messages.front()];
                return loss.transaction == one.transaction && first.src == one.src &&
                       first.dst == one.dst && first.leg == one.leg &&
                       loss.is_request == one.sip.is_request && first.sip.method == one.sip.method;
            });
            if (same != losses.end()) {
                same->messages.push_back(m);
            } else {
                losses.push_back({one.transaction, one.sip.is_request, {m}, false});
            }
        }
        for (Loss& loss : losses) {
            loss.got_through = got_through(loss);
            tell(loss);
        }
    }

    [[nodiscard]] bool got_through(const Loss& loss) const {
        const Transmitted& last = course_.messages[loss.messages.back()];
        for (std::size_t m = loss.messages.front() + 1; m < course_.messages.size(); ++m) {
            const Transmitted& it = course_.messages[m];
            const bool is_same =
                it.src == last.src && it.dst == last.dst && it.leg == last.leg &&
                it.sip.is_request == last.sip.is_request && it.sip.method == last.sip.method &&
                it.sip.status == last.sip.status && it.sip.cseq_value == last.sip.cseq_value;
            if (is_same && it.is_seen_at_dst) return true;
        }
        return loss.is_request && loss.transaction != none && last.sip.method != "ACK" &&
               course_.transactions[loss.transaction].has_answer();
    }

    /// Another branch of the INVITE.
    [[nodiscard]] bool is_answered_elsewhere(const Transmitted& one) const {
        if (!one.sip.is_request || one.sip.method != "INVITE" || !one.sip.cseq) return false;
        return std::any_of(course_.transactions.begin(), course_.transactions.end(),
                           [&](const Transaction& other) {
                               return other.leg == one.leg && other.method == "INVITE" &&
                                      other.number == one.sip.cseq->number &&
                                      course_.status(other) / 100 == 2;
                           });
    }

    void tell(const Loss& loss) {
        const Transmitted& first = course_.messages[loss.messages.front()];
        const std::string what = first.sip.is_request ? std::string(first.sip.method)
                                                      : "the " + status_text(first.sip) + " of " +
                                                            std::string(first.sip.method);
        std::string text = found_.host(first.src) + " sent " + what + " to " +
                           found_.host(first.dst) + ' ' + times_text(loss.messages.size()) +
                           ", and it did not arrive there";
        text += loss.got_through ? "; a later transmission did." : ".";
        const Severity worst = is_answered_elsewhere(first) ? Severity::info : Severity::error;
        const Severity severity = loss.got_through ? Severity::warning : worst;
        Finding& finding = found_.add(Code::lost_between, severity, text, loss.messages);
        finding.host = found_.host(first.src) + " and " + found_.host(first.dst);
        if (loss.got_through) return;
        if (loss.transaction != none) {
            const bool stops_call = found_.attempt.is_failed(course_) &&
                                    is_behind(course_, loss.transaction, found_.attempt.last);
            finding.is_root = stops_call;
            found_.has_root |= stops_call;
            found_.explain(loss.transaction);
        }
        if (first.sip.method != "ACK") return;
        for (std::size_t t = 0; t < course_.transactions.size(); ++t) {
            const Transaction& one = course_.transactions[t];
            const bool waits = one.leg == first.leg && one.method == "INVITE" && first.sip.cseq &&
                               one.number == first.sip.cseq->number;
            if (waits) found_.explain(t);
        }
    }

    Found& found_;
    const Course& course_;
    const bool doubles_everything_;
    std::vector<std::size_t> lost_;
};

}  // namespace

void find_losses(Found& found) {
    Lost(found).find();
}

}  // namespace ci::calls
