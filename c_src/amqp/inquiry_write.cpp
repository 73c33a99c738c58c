#include <nlohmann/json.hpp>

#include "amqp/inquiry.h"

namespace ci::amqp {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json key_json(const calls::Key& key) {
    return Json::array({calls::evidence_names[static_cast<std::size_t>(key.evidence)],
                        calls::role_names[static_cast<std::size_t>(key.role)], key.value});
}

Json look_up_json(const LookUp& one) {
    switch (one.what) {
        case LookUp::What::holders:
            return Json::object(
                {{"holders", key_json(one.key)}, {"from", one.from}, {"until", one.until}});
        case LookUp::What::keys:
            return Json::object({{"keys", one.call_id}});
        case LookUp::What::outline:
            break;
    }
    return Json::object({{"outline", one.call_id}});
}

Json outline_json(const calls::Outline& outline) {
    Json list =
        Json::array({outline.is_call, outline.is_registration, outline.start, outline.last});
    list.push_back(outline.final_response ? Json(*outline.final_response) : Json(nullptr));
    return list;
}

Json looked_up_json(const LookedUp& one) {
    Json list = Json::array();
    switch (one.what) {
        case LookUp::What::holders:
            for (const auto& holder : one.holders) {
                list.push_back(Json::array({holder.call_id, holder.at, holder.place}));
            }
            return Json::object({{"holders", std::move(list)}});
        case LookUp::What::keys:
            for (const auto& held : one.keys) {
                Json key = key_json(held.key);
                key.push_back(held.at);
                key.push_back(held.place);
                list.push_back(std::move(key));
            }
            return Json::object({{"keys", std::move(list)}});
        case LookUp::What::outline:
            break;
    }
    return Json::object({{"outline", one.outline ? outline_json(*one.outline) : Json(nullptr)}});
}

std::string rows_json(const std::vector<FoundRow>& rows) {
    std::string out = "[";
    for (const FoundRow& row : rows) {
        if (out.size() > 1) out += ',';
        out += row.json;
    }
    return out += ']';
}

}  // namespace

std::string members_of(const Inquiry& inquiry) {
    Json list = Json::array();
    switch (inquiry.topic) {
        case Topic::search:
            break;
        case Topic::look_ups:
            for (const LookUp& one : inquiry.look_ups) list.push_back(look_up_json(one));
            return "\"Look-Ups\":" + dump(list) + ",";
        case Topic::messages:
            return "\"Messages-Of\":" + dump(inquiry.call_ids) + ",";
    }
    return "\"Expression\":" + dump(inquiry.expression) +
           ",\"Most\":" + std::to_string(inquiry.most) + ",";
}

std::string members_of(const Report& report) {
    std::string out;
    if (!report.incomplete.empty()) out += "\"Incomplete\":" + dump(report.incomplete) + ",";
    if (report.topic == Topic::search) return out + "\"Rows\":" + rows_json(report.rows) + ",";
    if (report.topic == Topic::messages) return out;  // the chunks
    Json list = Json::array();
    for (const LookedUp& one : report.looked_up) list.push_back(looked_up_json(one));
    return out + "\"Looked-Up\":" + dump(list) + ",";
}

}  // namespace ci::amqp
