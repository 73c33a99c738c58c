// The look-ups that joining needs: answered by the index, or in tests by tables in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/key.h"
#include "wire/micros.h"

namespace ci::calls {

/// A dialogue that has a key, by the first message that shows it.
struct Holder {
    std::string call_id;
    wire::Micros at = 0;      ///< the message's arrival
    std::uint64_t place = 0;  ///< the message's number in the store
};

/// A key of a dialogue, by the first message that shows it.
struct Held {
    Key key;
    wire::Micros at = 0;
    std::uint64_t place = 0;
};

/// What joining has to know of a dialogue beside its keys; times are arrivals. What has no SIP,
/// only events, is a dialogue as well: lines of a log about a channel tie those that have.
struct Outline {
    bool is_call = false;  ///< its first request is an INVITE
    bool is_registration = false;
    wire::Micros start = 0, last = 0;
    /// The first final response to an INVITE other than 401 and 407.
    std::optional<wire::Micros> final_response;
};

class Dialogues {
  public:
    virtual ~Dialogues() = default;

    /// Those that have `key` by a message that arrived from `from` to `until`, the earliest first,
    /// at most `most`.
    [[nodiscard]] virtual std::vector<Holder> holders(const Key& key, wire::Micros from,
                                                      wire::Micros until, std::size_t most) = 0;
    /// All keys of a dialogue.
    [[nodiscard]] virtual std::vector<Held> keys(std::string_view call_id) = 0;
    /// Empty: nothing of this Call-ID is known.
    [[nodiscard]] virtual std::optional<Outline> outline(std::string_view call_id) = 0;

  protected:
    Dialogues() = default;
    Dialogues(const Dialogues&) = default;
    Dialogues& operator=(const Dialogues&) = default;
};

}  // namespace ci::calls
