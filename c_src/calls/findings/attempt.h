// The attempt that a call is: what the first host asked for, in one or several tries, what it got,
// and who made that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "calls/course/course.h"

namespace ci::calls {

struct Attempt {
    /// Transactions of the host that began, at its own hop, by CSeq: the last try counts, or the
    /// first one that was accepted.
    std::vector<std::size_t> tries;
    std::size_t last = none;  ///< the try that counts
    /// Message: its final response; none: it goes on, or nobody saw the one that counts.
    std::size_t answer = none;

    [[nodiscard]] std::uint16_t status(const Course& course) const noexcept {
        return answer == none ? std::uint16_t{0} : course.messages[answer].sip.status;
    }
    [[nodiscard]] bool is_accepted(const Course& course) const noexcept {
        return answer != none && status(course) < 300;
    }
    [[nodiscard]] bool is_failed(const Course& course) const noexcept {
        return answer != none && status(course) >= 300;
    }
};
[[nodiscard]] Attempt attempt_of(const Course& course);

/// Requests within a dialog of this leg, from the message `from` on, show that an INVITE was
/// accepted, seen or not.
[[nodiscard]] bool has_dialog(const Course& course, std::size_t leg, std::size_t from = 0);

/// Where a final refusal comes from.
struct Origin {
    std::size_t transaction = none;  ///< whose `to` made it
    std::size_t message = none;      ///< the response where it was first seen
    /// Transaction that its maker waited for in vain; none: it made the refusal on its own.
    std::size_t unanswered = none;
};
/// Follows a final refusal back, over proxies and legs.
[[nodiscard]] Origin origin_of(const Course& course, std::size_t refusal);

/// The host that made a request, not those that passed it on, over legs, too.
[[nodiscard]] std::size_t who_asked(const Course& course, std::size_t request);

/// `other` is `transaction` or one that it was passed on as, over any number of hops.
[[nodiscard]] bool is_behind(const Course& course, std::size_t other, std::size_t transaction);

}  // namespace ci::calls
