// What differs between two SIP messages: start line, headers by name, session description line by
// line, other bodies line by line.
//
// Header names are compared without case, and compact forms are the same name (RFC 3261 7.3.3).
// Values of one name keep their order, as Vias and Routes must (7.3.1). The order of different
// names, folds, whether a list stands in one header or in several, and the order of words in Allow,
// Supported and the like make no difference.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calls/differences/changed_lines.h"
#include "sip/message.h"

namespace ci::calls {

/// Changes in one part of the messages.
struct ChangedPart {
    std::string name;  ///< "start line", "headers", "SDP", "SDP of stream 1 (audio)", "body"
    std::vector<Change> changes;

    friend bool operator==(const ChangedPart&, const ChangedPart&) = default;
};

struct Comparing {
    /// The messages are of different calls: what differs in any two calls does not count
    /// (variable_parts.h).
    bool other_call = false;
    std::span<const std::string> call_id_headers = {};
};

/// Texts are octets as captured, without line ends. Empty: no difference.
[[nodiscard]] std::vector<ChangedPart> message_difference(const sip::Message& before,
                                                          const sip::Message& after,
                                                          const Comparing& how = {});

}  // namespace ci::calls
