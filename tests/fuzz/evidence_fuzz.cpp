// Any message, and any line of a log, gives bounded keys. Of any messages, cut out of the input at
// NULs, calls are joined: each leg once, each proof between two legs of the call, and by sure
// evidence from either side alike.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "../unit/support/memory_dialogues.h"
#include "calls/joining.h"
#include "calls/key.h"
#include "calls/rules.h"
#include "must.h"
#include "wire/utf8.h"

namespace ci::fuzz {
namespace {

wire::Address host(std::size_t number) {
    wire::Address address;
    address.family = wire::Family::ipv4;
    address.bytes = {192, 0, 2, static_cast<std::uint8_t>(number % 4)};
    return address;
}

void keys_are_bounded(const std::vector<calls::Key>& keys, std::string_view call_id) {
    must(keys.size() <= calls::most_keys_of_message, "a message has few keys");
    must(std::is_sorted(keys.begin(), keys.end()), "keys are sorted");
    must(std::adjacent_find(keys.begin(), keys.end()) == keys.end(), "each key is there once");
    for (const calls::Key& key : keys) {
        must(!key.value.empty() && key.value.size() <= calls::longest_key, "keys are short");
        must(wire::count_utf8(key.value).has_value(), "keys are UTF-8");
        must(key.role != calls::Role::names || key.value != call_id, "nobody names itself");
    }
}

void evidence_is_total(std::string_view bytes) {
    const calls::Rules rules;
    calls::Sighting sighting{"own", bytes.substr(0, 40), host(1), host(2)};
    if (const auto message = sip::parse(bytes)) {
        sighting.call_id = message->call_id;
        keys_are_bounded(calls::keys_of(*message, sighting, rules), sighting.call_id);
    }
    keys_are_bounded(calls::keys_of_event(bytes, sighting, rules), sighting.call_id);
}

void joining_is_sound(std::string_view bytes) {
    test::MemoryDialogues dialogues;
    std::set<std::string> ids;
    std::size_t count = 0;
    while (!bytes.empty() && count < 12) {
        const auto end = std::min(bytes.find('\0'), bytes.size());
        const auto one = bytes.substr(0, end);
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
        const auto message = sip::parse(one);
        std::string id = message ? std::string(message->call_id) : std::string(one.substr(0, 8));
        if (id.empty()) id = "none";
        ids.insert(id);
        ++count;
        // The first octet tells when, and between which hosts.
        const auto shape = static_cast<unsigned char>(one.empty() ? 0 : one.back());
        dialogues.add({id, "", host(shape), host(shape / 4U)}, one,
                      static_cast<wire::Micros>(count) * 1'000 * (1 + shape % 16));
    }
    std::size_t asked = 0;
    for (const std::string& id : ids) {
        if (++asked > 3) return;  // what follows would be asked in another input
        const calls::Joined joined = calls::join(dialogues, id);
        must(joined.incomplete.empty(), "few dialogues are within the bounds");
        std::set<std::string> legs;
        for (const calls::Leg& leg : joined.legs) {
            must(legs.insert(leg.call_id).second, "each leg is there once");
        }
        must(legs.contains(id), "the dialogue itself is a leg");
        for (const calls::Leg& leg : joined.legs) {
            must(legs.size() == 1 || !leg.joined_by.empty(), "each leg is joined by something");
            for (const calls::Proof& proof : leg.joined_by) {
                must(legs.contains(proof.with) && proof.with != leg.call_id,
                     "a proof leads to another leg");
                must(calls::is_sure(proof.evidence) == (proof.confidence >= 1),
                     "a guess is not sure");
            }
        }
    }
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    ci::fuzz::evidence_is_total(bytes);
    ci::fuzz::joining_is_sound(bytes);
    return 0;
}
