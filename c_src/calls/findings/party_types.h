// What stands at both ends of a call: a phone, or a carrier.
#pragma once

#include <string_view>

#include "calls/course/course.h"
#include "calls/findings/attempt.h"
#include "calls/rules.h"

namespace ci::calls {

/// "phone", "carrier"; empty: unknown. By the settings, else by a User-Agent of phones.
struct PartyTypes {
    std::string_view origin, end;
};
[[nodiscard]] PartyTypes party_types_of(const Course& course, const Attempt& attempt,
                                        const Rules& rules);

}  // namespace ci::calls
