#include "inspector/kept_traps.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ci::inspector {
namespace {

using json = nlohmann::ordered_json;

json to_json(const Trap& trap) {
    return {{"id", trap.id},
            {"expression", trap.expression},
            {"count", trap.count},
            {"until", trap.until},
            {"caught", trap.caught},
            {"call_ids", trap.call_ids},
            {"left_out", trap.left_out},
            {"trouble", trap.trouble}};
}

Trap trap_of(const json& object) {
    Trap trap;
    object.at("id").get_to(trap.id);
    object.at("expression").get_to(trap.expression);
    object.at("count").get_to(trap.count);
    object.at("until").get_to(trap.until);
    object.at("caught").get_to(trap.caught);
    object.at("call_ids").get_to(trap.call_ids);
    object.at("left_out").get_to(trap.left_out);
    object.at("trouble").get_to(trap.trouble);
    return trap;
}

}  // namespace

std::string to_text(const KeptTraps& kept) {
    json object = {{"next_id", kept.next_id}, {"traps", json::array()}};
    for (const Trap& trap : kept.traps) object["traps"].push_back(to_json(trap));
    return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

bool read_traps(std::string_view text, KeptTraps& kept) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object() || !object.contains("traps")) return false;
    bool is_whole = true;
    for (const json& one : object["traps"]) {
        try {
            kept.traps.push_back(trap_of(one));
            kept.next_id = std::max(kept.next_id, kept.traps.back().id + 1);
        } catch (const json::exception&) {
            is_whole = false;
        }
    }
    const auto next = object.find("next_id");
    if (next != object.end() && next->is_number_unsigned()) {
        kept.next_id = std::max(kept.next_id, next->get<std::uint64_t>());
    }
    return is_whole;
}

}  // namespace ci::inspector
