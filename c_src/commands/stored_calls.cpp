#include "commands/stored_calls.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sip/message.h"

namespace ci::commands {
namespace {

using json = nlohmann::ordered_json;

json describe(const std::string& call_id, const store::StoredCall& dialogue) {
    const auto stamp = [](const chunk::Chunk& chunk) {
        return chunk.timestamp.value_or(chunk.ref_timestamp.value_or(0));
    };
    const auto earlier = [&](const auto& a, const auto& b) { return stamp(a) < stamp(b); };
    const auto& chunks = dialogue.chunks;
    const auto begin = std::min_element(chunks.begin(), chunks.end(), earlier);
    // A message tells more of a call than an event that a log has of it.
    const auto first =
        std::min_element(chunks.begin(), chunks.end(), [&](const auto& a, const auto& b) {
            return a.event.empty() != b.event.empty() ? a.event.empty() : earlier(a, b);
        });
    json object = {{"call-id", chunk::to_utf8(call_id)}, {"label", first->label}};
    if (const auto message = sip::parse(first->message)) {
        const auto add = [&](const char* member, std::string_view name, char compact) {
            const auto value = sip::find_header(*message, name, compact);
            if (!value.empty()) object[member] = chunk::to_utf8(value);
        };
        add("from", "From", 'f');
        add("to", "To", 't');
    }
    object["start"] = wire::to_gregorian(stamp(*begin));
    object["messages"] = chunks.size();
    return object;
}

}  // namespace

std::string store_stats(const store::Store& store) {
    const store::Backlog::Counts counts = store.counts();
    const store::Totals totals = store.totals();
    json object = {{"received", counts.received},
                   {"stored", counts.stored},
                   {"shelved", counts.shelved},
                   {"waiting", counts.waiting()},
                   {"lost", counts.lost},
                   {"flushed", counts.flushed},
                   {"unreadable", counts.unreadable},
                   {"recovered", counts.recovered},
                   {"torn", store.torn()},
                   {"memory", counts.memory},
                   {"calls", totals.calls},
                   {"bytes", totals.bytes},
                   {"expired", totals.expired},
                   {"compressed", totals.compressed},
                   {"counting", totals.is_counting}};
    constexpr wire::Micros second = 1'000'000;
    if (totals.oldest != 0) object["oldest"] = wire::to_gregorian(totals.oldest * second);
    if (totals.newest != 0) object["newest"] = wire::to_gregorian(totals.newest * second);
    if (const std::string why = store.trouble(); !why.empty()) object["trouble"] = why;
    return object.dump() + "\n";
}

std::string list_calls(const store::Store& store, std::size_t n) {
    json calls = json::array();
    for (const std::string& call_id : store.recent(n)) {
        const store::StoredCall dialogue = store.read(call_id);
        if (!dialogue.chunks.empty()) calls.push_back(describe(call_id, dialogue));
    }
    return calls.dump() + "\n";
}

}  // namespace ci::commands
