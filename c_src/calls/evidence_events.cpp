// What lines of a log and events tell: on FreeSWITCH a channel's UUID is the Call-ID (Kazoo's
// profiles), or names the Call-ID in a line of the channel's own.
#include <algorithm>
#include <iterator>

#include "calls/evidence_parts.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::calls {
namespace {

using wire::npos;

/// What stands in front of another channel's UUID, or of a Call-ID. The first ones are FreeSWITCH's
/// wordings (sofia.c, switch_ivr_originate.c), then come channel variables, then members of events
/// and of Kazoo's messages.
constexpr std::string_view words[] = {
    "call-id:",
    "Peer UUID:",
    "Attended Transfer [",
    "ent_originate_aleg_uuid",
    "originate_signal_bond",
    "originating_leg_uuid",
    "signal_bond",
    "bridge_uuid",
    "last_bridge_to",
    "originator",
    "Other-Leg-Unique-ID",
    "Other-Leg-Call-ID",
    "Bridge-A-Unique-ID",
    "Bridge-B-Unique-ID",
    " intercept(",
    " eavesdrop(",
};
/// Rooms of one FreeSWITCH where channels meet: "EXECUTE ... conference(3001@default)".
constexpr std::string_view rooms[] = {" conference(", " valet_park("};
constexpr std::size_t most_text = 65'536;

bool separates(char c) noexcept {
    return sip::is_blank(c) || std::string_view("\"'=:[]{}(),;&").find(c) != npos;
}

/// Takes the next Call-ID or UUID off the front of `text`, behind what separates it, within a line.
std::string_view next_name(std::string_view& text) noexcept {
    constexpr std::size_t most_separators = 8;
    std::size_t begin = 0;
    while (begin < text.size() && begin < most_separators && separates(text[begin]) &&
           text[begin] != '\n') {
        ++begin;
    }
    text.remove_prefix(begin);
    std::size_t end = 0;
    while (end < text.size() && end <= longest_key && !separates(text[end])) ++end;
    const auto name = text.substr(0, end);
    text.remove_prefix(end);
    return name;
}

/// Members of Kazoo's events that name another channel of the call.
constexpr std::string_view members[] = {
    "Other-Leg-Call-ID",
    "Bridge-A-Unique-ID",
    "Bridge-B-Unique-ID",
    "Originating-Leg-UUID",
    "Replaced-By",
    "Intercepted-By",
    "Channel-Loopback-Other-Leg-ID",
};
/// Kazoo's name for all channels that one call leads to.
constexpr std::string_view interaction = "Call-Interaction-ID";

/// Only what a line begins with is a name: a value may be a stranger's text.
void add_members(std::string_view text, KeyList& keys) {
    while (!text.empty()) {
        const auto end = std::min(text.find(wire::crlf), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + wire::crlf.size(), text.size()));
        const auto colon = line.find(": ");
        if (colon == npos) continue;
        const auto name = line.substr(0, colon);
        const auto value = line.substr(colon + 2);
        if (name == interaction) {
            keys.add(Evidence::correlation, Role::shares, value);
        } else if (std::find(std::begin(members), std::end(members), name) != std::end(members)) {
            keys.add(Evidence::channel, Role::names, value);
        }
    }
}

}  // namespace

std::vector<Key> keys_of_event(std::string_view text, const Sighting& sighting,
                               const Rules& /*rules*/) {
    KeyList keys(sighting.call_id);
    text = text.substr(0, most_text);
    if (sighting.event == kazoo_event) {
        add_members(text, keys);
        return keys.take();
    }
    for (const auto word : words) {
        for (auto at = text.find(word); at != npos; at = text.find(word, at + word.size())) {
            auto rest = text.substr(at + word.size());
            keys.add(Evidence::channel, Role::names, next_name(rest));
            if (word.ends_with('[') && rest.starts_with("][")) {
                keys.add(Evidence::channel, Role::names, next_name(rest));
            }
        }
    }
    for (const auto word : rooms) {
        const auto at = text.find(word);
        if (at == npos || text.substr(0, at).find("EXECUTE") == npos) continue;
        const auto room = text.substr(at, text.find_first_of(")\r\n", at) - at);
        keys.add(Evidence::channel, Role::shares,
                 std::string(sighting.observer) + std::string(room));
    }
    keys.add(Evidence::correlation, Role::names, sighting.correlation_id);
    return keys.take();
}

}  // namespace ci::calls
