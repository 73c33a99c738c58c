#include "calls/lookups.h"

#include "wire/patience.h"

namespace ci::calls {

bool Lookups::take() {
    wire::may_go_on();
    if (left_ == 0) {
        are_exhausted_ = true;
        return false;
    }
    --left_;
    return true;
}

const std::vector<Holder>& Lookups::holders(const Key& key, wire::Micros from, wire::Micros until) {
    const auto [found, is_new] = holders_.try_emplace(std::tuple(key, from, until));
    if (is_new && take()) found->second = dialogues_.holders(key, from, until, most_holders + 1);
    return found->second;
}

const std::vector<Held>& Lookups::keys(const std::string& call_id) {
    const auto [found, is_new] = keys_.try_emplace(call_id);
    if (is_new && take()) found->second = dialogues_.keys(call_id);
    return found->second;
}

const std::optional<Outline>& Lookups::outline(const std::string& call_id) {
    const auto [found, is_new] = outlines_.try_emplace(call_id);
    if (is_new && take()) found->second = dialogues_.outline(call_id);
    return found->second;
}

}  // namespace ci::calls
