// What guesses have in common: the parts of a b2bua key, and how near in time what belongs together
// is.
#pragma once

#include <string_view>

#include "wire/micros.h"

namespace ci::calls {

/// How long a B2BUA may take from an INVITE that arrives to one that it makes for it.
inline constexpr wire::Micros longest_setup = 5'000'000;
/// How long it may try one target after the other for an INVITE without a final response.
inline constexpr wire::Micros longest_hunt = 60'000'000;
/// By how much two messages of one host may arrive here in turned order.
inline constexpr wire::Micros host_turned = 50'000;
/// How long it may take where nothing but time tells.
inline constexpr wire::Micros soon = 500'000;
inline constexpr double by_time_alone = 0.5;  ///< the confidence

/// Whose number or name could not be compared.
inline constexpr std::string_view hidden = "hidden";
/// A REFER, whatever its target.
inline constexpr std::string_view refers = "refers";

/// What the value of a b2bua key says: "HOST called 5550123".
struct Part {
    std::string_view host, word, user;
};
[[nodiscard]] Part part_of(std::string_view value);

}  // namespace ci::calls
