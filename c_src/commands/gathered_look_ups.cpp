#include "commands/gathered_look_ups.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "commands/read_call.h"

namespace ci::commands {
namespace {

using amqp::LookedUp;
using amqp::LookUp;

/// Whichever inspector has the first message that shows the key.
void add_holders(std::vector<calls::Holder>& all, const std::vector<calls::Holder>& more,
                 std::size_t part) {
    for (calls::Holder holder : more) {
        holder.place = place_in_part(part, holder.place);
        const auto same = std::find_if(all.begin(), all.end(), [&](const calls::Holder& other) {
            return other.call_id == holder.call_id;
        });
        if (same == all.end()) {
            all.push_back(std::move(holder));
        } else if (holder.at < same->at) {
            *same = std::move(holder);
        }
    }
    std::sort(all.begin(), all.end(), [](const calls::Holder& a, const calls::Holder& b) {
        return std::tie(a.at, a.call_id) < std::tie(b.at, b.call_id);
    });
    if (all.size() > amqp::max_holders) all.resize(amqp::max_holders);
}

void add_keys(std::vector<calls::Held>& all, const std::vector<calls::Held>& more,
              std::size_t part) {
    for (calls::Held held : more) {
        held.place = place_in_part(part, held.place);
        const auto same = std::find_if(all.begin(), all.end(), [&](const calls::Held& other) {
            return other.key == held.key;
        });
        if (same == all.end()) {
            all.push_back(std::move(held));
        } else if (held.at < same->at) {
            *same = std::move(held);
        }
    }
}

void add_outline(std::optional<calls::Outline>& all, const std::optional<calls::Outline>& more) {
    if (!all || !more) {
        if (more) all = more;
        return;
    }
    all->is_call = all->is_call || more->is_call;
    all->is_registration = all->is_registration && more->is_registration;
    all->start = std::min(all->start, more->start);
    all->last = std::max(all->last, more->last);
    if (!all->final_response) {
        all->final_response = more->final_response;
    } else if (more->final_response) {
        all->final_response = std::min(*all->final_response, *more->final_response);
    }
}

}  // namespace

std::vector<calls::Holder> GatheredLookUps::holders(const calls::Key& key, wire::Micros from,
                                                    wire::Micros until, std::size_t most) {
    LookUp look_up;
    look_up.what = LookUp::What::holders;
    look_up.key = key;
    look_up.from = from;
    look_up.until = until;
    const LookedUp* found = find(std::move(look_up));
    std::vector<calls::Holder> holders;
    if (found != nullptr) holders = found->holders;
    if (holders.size() > most) holders.resize(most);
    return holders;
}

std::vector<calls::Held> GatheredLookUps::keys(std::string_view call_id) {
    LookUp look_up;
    look_up.what = LookUp::What::keys;
    look_up.call_id = call_id;
    const LookedUp* found = find(std::move(look_up));
    return found == nullptr ? std::vector<calls::Held>() : found->keys;
}

std::optional<calls::Outline> GatheredLookUps::outline(std::string_view call_id) {
    LookUp look_up;
    look_up.call_id = call_id;
    const LookedUp* found = find(std::move(look_up));
    // Whose outline is asked for is mostly asked for its keys next.
    if (found == nullptr) (void)keys(call_id);
    return found == nullptr ? std::nullopt : found->outline;
}

const LookedUp* GatheredLookUps::find(LookUp look_up) {
    const auto found = known_.find(look_up);
    if (found != known_.end()) return &found->second;
    if (unknown_.size() < amqp::max_look_ups) unknown_.insert(std::move(look_up));
    return nullptr;
}

std::vector<LookUp> GatheredLookUps::take_unknown() {
    std::vector<LookUp> all(unknown_.begin(), unknown_.end());
    unknown_.clear();
    return all;
}

void GatheredLookUps::add(const std::vector<LookUp>& asked, const std::vector<LookedUp>& found,
                          std::size_t part) {
    for (std::size_t i = 0; i < asked.size() && i < found.size(); ++i) {
        LookedUp& known = known_[asked[i]];
        known.what = asked[i].what;
        add_holders(known.holders, found[i].holders, part);
        add_keys(known.keys, found[i].keys, part);
        add_outline(known.outline, found[i].outline);
    }
}

}  // namespace ci::commands
