#include "calls/guess_parts.h"

#include "wire/text.h"

namespace ci::calls {

Part part_of(std::string_view value) {
    const auto user = value.rfind(' ');
    if (user == wire::npos || user == 0) return {};
    auto word = value.rfind(' ', user - 1);
    for (const std::string_view two : {" text to", " text from"}) {
        if (value.substr(0, user).ends_with(two)) word = user - two.size();
    }
    if (word == wire::npos) return {};
    return {value.substr(0, word), value.substr(word + 1, user - word - 1), value.substr(user + 1)};
}

}  // namespace ci::calls
