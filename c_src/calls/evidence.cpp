#include <algorithm>
#include <cstddef>

#include "calls/evidence_parts.h"
#include "calls/key.h"
#include "chunk/chunk.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

/// All messages of one dialogue have one Call-ID, which senders of HEP like to repeat here.
void add_correlation(const Sighting& sighting, KeyList& keys) {
    keys.add(Evidence::correlation, Role::names, sighting.correlation_id);
}

}  // namespace

void KeyList::add(Evidence evidence, Role role, std::string_view value) {
    value = sip::trim(value);
    if (value.empty() || value.size() > longest_key || keys_.size() >= 2 * most_keys_of_message) {
        return;
    }
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    };
    if (std::any_of(value.begin(), value.end(), is_control)) return;
    std::string text = chunk::to_utf8(value);
    if (text.size() > longest_key || (role == Role::names && text == own_)) return;
    keys_.push_back({evidence, role, std::move(text)});
}

std::vector<Key> KeyList::take() {
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    if (keys_.size() > most_keys_of_message) keys_.resize(most_keys_of_message);
    return std::move(keys_);
}

std::vector<Key> keys_of(const sip::Message& message, const Sighting& sighting,
                         const Rules& rules) {
    KeyList keys(sighting.call_id);
    if (message.method == "REGISTER") return {};  // a registration is no leg of a call
    add_call_id_keys(sighting.call_id, rules, keys);
    add_correlation(sighting, keys);
    add_header_keys(message, rules, keys);
    add_refer_keys(message, sighting, rules, keys);
    add_b2bua_keys(message, sighting, rules, keys);
    add_media_keys(message, keys);
    return keys.take();
}

}  // namespace ci::calls
