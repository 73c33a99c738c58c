// The headers of a message by name: what one name has, in its order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sip/message.h"

namespace ci::calls {

struct HeaderValue {
    std::string name;      ///< as RFCs spell it, if the name has a compact form; else as written
    std::string key;       ///< the name in lower case
    std::string value;     ///< without folds; of a list (Via: a, b) one element
    bool is_word = false;  ///< one of a set, whose order means nothing: Allow, Supported
};

/// In the order of the message.
[[nodiscard]] std::vector<HeaderValue> header_values(const sip::Message& message);

}  // namespace ci::calls
