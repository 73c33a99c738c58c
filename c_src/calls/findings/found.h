// What the rules of findings share: where they put what they found, and what is explained already.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calls/findings/attempt.h"
#include "calls/findings/finding.h"

namespace ci::calls {

class Found {
  public:
    Found(const Course& course, const FindingLimits& limits);

    const Course& course;
    const FindingLimits& limits;
    const Attempt attempt;
    bool is_call = false;      ///< it is about an INVITE
    bool is_answered = false;  ///< the caller got a 2xx to it
    bool has_root = false;     ///< why the caller did not get through is told

    /// `messages` are indexes into Course::messages.
    Finding& add(Code code, Severity severity, const std::string& text,
                 const std::vector<std::size_t>& messages, std::size_t host = none);
    /// What follows from a finding is none of its own: the transaction and those that wait for it.
    void explain(std::size_t transaction);
    [[nodiscard]] bool is_explained(std::size_t transaction) const {
        return transaction != none && explained_[transaction];
    }
    /// What was found about the transaction has another cause, which is told before it.
    void follows(std::size_t transaction);
    [[nodiscard]] std::vector<Finding> take() { return std::move(found_); }

    /// False: its observer has no clock, so that differences of times mean nothing.
    [[nodiscard]] bool knows_time_of(std::size_t message) const;
    /// An observer's clock was set meanwhile: long times mean little.
    [[nodiscard]] bool has_set_clocks() const;
    /// By the common clock, but not more than one observer's own stamps say, nor, where a clock was
    /// set meanwhile, than the arrivals of its reports.
    [[nodiscard]] wire::Micros time_between(std::size_t first, std::size_t second) const;
    /// How long nothing happened that would have been seen: from then until the last message, and
    /// on until the question was asked.
    [[nodiscard]] wire::Micros quiet_since(wire::Micros at) const;

    /// The host's name, as sentences have it.
    [[nodiscard]] std::string host(std::size_t index) const;

  private:
    std::vector<Finding> found_;
    std::vector<bool> explained_;
    wire::Micros newest_ = 0;  ///< arrival of the last message
};

/// "350 ms", "2.5 s", "1 min 12 s", "3 h 0 min", "20 days".
[[nodiscard]] std::string time_text(wire::Micros time);
/// "404 Not Found"; a long reason is cut.
[[nodiscard]] std::string status_text(const sip::Message& response);
/// "twice", "3 times".
[[nodiscard]] std::string times_text(std::size_t count);
/// "a", "a and b", "a, b and c"; of many: "a, b, c, d, e, f, g and 20 others".
[[nodiscard]] std::string list_text(const std::vector<std::string>& names);

/// The rules, in the order in which they explain.
void find_losses(Found& found);
void find_loops(Found& found);
void find_no_response(Found& found);
void find_no_ack(Found& found);
void find_no_prack(Found& found);
void find_credentials(Found& found);
void find_mismatches(Found& found);
void find_refusals(Found& found);
void find_dialog_refusals(Found& found);
void find_crossed_answers(Found& found);
void find_open_ends(Found& found);
void find_expired_sessions(Found& found);
void find_media(Found& found);
void find_addresses(Found& found);
void find_delays(Found& found);
void find_capture(Found& found);
void find_quality(Found& found);
void find_strangers(Found& found);

}  // namespace ci::calls
