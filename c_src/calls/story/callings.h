// Who called whom in a call: each INVITE that somebody made of their own, with the hosts that it
// went to and what became of it. A proxy that passes an INVITE on makes none of its own, a
// back-to-back user agent does.
#pragma once

#include <cstddef>
#include <vector>

#include "calls/course/course.h"

namespace ci::calls {

/// Hosts are indexes into Course::hosts, messages into Course::messages; `none`: there is none.
/// More hops than any call has; a guard against circles in what strangers send.
inline constexpr int most_hops_of_a_story = 70;

struct Calling {
    std::vector<std::size_t> tries;  ///< transactions at its first hop: with credentials, again ...
    std::size_t last = none;         ///< the try that counts: accepted, else the last one
    std::size_t parent = none;       ///< the calling that its maker had got, place in the vector
    std::size_t maker = none;
    std::vector<std::size_t> via;      ///< hosts that passed it on
    std::vector<std::size_t> targets;  ///< hosts that it ended at
    std::size_t begin = none;          ///< its first message
    std::size_t answer = none;         ///< the first 2xx that its maker got
    std::size_t taker = none;          ///< host that made that 2xx, as far as is known
};

struct Callings {
    std::vector<Calling> all;     ///< in the order in which they begin
    std::vector<std::size_t> of;  ///< by transaction: the place of its calling; none: of none

    /// Whether `other` is `calling`, or was made because of it, over any number of makers.
    [[nodiscard]] bool is_part(std::size_t other, std::size_t calling) const noexcept;
};
[[nodiscard]] Callings callings_of(const Course& course);

}  // namespace ci::calls
