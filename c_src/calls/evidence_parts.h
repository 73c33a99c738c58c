// What the sources of evidence share: the list of keys, and the parts of a URI that keys are made
// of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calls/key.h"
#include "calls/rules.h"
#include "sip/message.h"

namespace ci::calls {

/// Collects keys within their bounds.
class KeyList {
  public:
    explicit KeyList(std::string_view own_call_id) : own_(own_call_id) {}

    /// Nothing is added for an empty, a too long or a binary value, nor for a dialogue's own name.
    void add(Evidence evidence, Role role, std::string_view value);
    [[nodiscard]] std::vector<Key> take();

  private:
    std::string_view own_;
    std::vector<Key> keys_;
};

/// By what two users are compared: the last seven digits of a number, or all if it has fewer; else
/// the name in lower case. Empty: there is no user, or one who does not want to be known.
[[nodiscard]] std::string comparable_user(std::string_view user);

/// Ends the value of a key of an INVITE whose parties cannot be compared, and of those that arrive.
inline constexpr std::string_view hidden_parties = " hidden -";

/// The name of the host by the setting, or its address.
[[nodiscard]] std::string host_name(const wire::Address& address, const Rules& rules);
/// Where a request was made: by its last Via (RFC 3261 18.2.1), or, if it has one Via only, where
/// it came from. Family::none: the Via does not tell.
[[nodiscard]] wire::Address origin_of(const sip::Message& message, const Sighting& sighting);

void add_header_keys(const sip::Message& message, const Rules& rules, KeyList& keys);
void add_refer_keys(const sip::Message& message, const Sighting& sighting, const Rules& rules,
                    KeyList& keys);
void add_call_id_keys(std::string_view call_id, const Rules& rules, KeyList& keys);
void add_b2bua_keys(const sip::Message& message, const Sighting& sighting, const Rules& rules,
                    KeyList& keys);
void add_media_keys(const sip::Message& message, KeyList& keys);

}  // namespace ci::calls
