// Gathers the sentences of a story. Each is told at the message that shows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "calls/course/course.h"
#include "calls/findings/analysis.h"
#include "calls/findings/attempt.h"
#include "calls/story/callings.h"
#include "calls/story/story.h"

namespace ci::calls {

class Narrator {
  public:
    Narrator(const Course& course, const Analysis& analysis);

    [[nodiscard]] std::vector<Sentence> tell();

  private:
    /// Details are left out first if there is too much to tell.
    enum class Weight : std::uint8_t { usual, detail };
    struct Step {
        std::size_t message;
        std::string text;
        Weight weight;
    };
    void add(std::size_t message, std::string text, Weight weight = Weight::usual);
    [[nodiscard]] std::string host(std::size_t index) const;
    [[nodiscard]] std::string list(const std::vector<std::size_t>& hosts) const;
    [[nodiscard]] const Calling& main() const { return callings_.all[main_]; }
    [[nodiscard]] wire::Micros at(std::size_t message) const {
        return course_.messages[message].at;
    }
    [[nodiscard]] bool is_leaf(const Transaction& one) const;

    // How the call came to where it was answered or refused (story_begin.cpp).
    void tell_begin();
    [[nodiscard]] const sip::Message& shown_by(const Calling& calling) const;
    [[nodiscard]] std::string caller_of(const Calling& calling) const;
    [[nodiscard]] std::string callee_of(const Calling& calling) const;
    void tell_main();
    void tell_path(const Calling& calling);
    void tell_another(const Calling& calling);
    void tell_made(const std::vector<std::size_t>& together, bool is_first);
    void tell_refusals();
    void tell_silence();
    void tell_ringing();

    // What became of it (story_end.cpp).
    void tell_answer();
    void tell_cancelled(std::size_t since, std::size_t taker, std::string text);
    [[nodiscard]] std::size_t cancel_of(std::size_t transaction) const;
    void tell_later_answers();
    void tell_middle();
    void tell_hold(std::size_t message);
    void tell_transfer(std::size_t message);
    [[nodiscard]] bool was_asked_before() const;
    void tell_end();
    void tell_hang_ups();
    [[nodiscard]] std::string hang_up(std::size_t message, bool is_only, bool is_last,
                                      bool has_transfer) const;
    [[nodiscard]] std::size_t other_end(const Transmitted& bye) const;
    [[nodiscard]] bool asked_for_transfer(std::size_t who) const;

    /// REGISTER, OPTIONS, MESSAGE and others.
    void tell_request();

    const Course& course_;
    const Analysis& analysis_;
    const Attempt attempt_;
    const Callings callings_;
    std::size_t main_ = none;  ///< the calling that the call is about; none: it is about no INVITE
    bool is_held_ = false;
    std::vector<Step> steps_;
};

}  // namespace ci::calls
