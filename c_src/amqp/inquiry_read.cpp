// Reads inquiries and reports: whatever a stranger at the broker sends.
#include <nlohmann/json.hpp>
#include <utility>

#include "amqp/inquiry.h"
#include "amqp/message.h"
#include "chunk/chunk.h"

namespace ci::amqp {
namespace {

using Value = nlohmann::ordered_json;
using wire::Micros;

/// Differences of such times fit, and the year is below 2255.
constexpr Micros latest = Micros{1} << 53U;
constexpr std::uint64_t highest_place = std::uint64_t{1} << 53U;  // a number of microseconds, too

Value member(std::string_view body, std::string_view name) {
    const auto text = chunk::find_member(body, name);
    return text ? Value::parse(*text, nullptr, false) : Value(Value::value_t::discarded);
}

bool read(const Value& value, std::string& text) {
    if (!value.is_string()) return false;
    text = value.get<std::string>();
    return !text.empty();
}

/// Times of searches: any.
bool read_bound(const Value& value, Micros& time) {
    if (!value.is_number_integer()) return false;
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return false;
    time = value.get<Micros>();
    return true;
}

bool read(const Value& value, Micros& time) {
    return read_bound(value, time) && time <= latest && time >= -latest;
}

bool read(const Value& value, std::uint64_t& place) {
    if (!value.is_number_unsigned()) return false;
    place = value.get<std::uint64_t>();
    return place <= highest_place;
}

template <class Enum, std::size_t count>
bool read(const Value& value, const std::string_view (&names)[count], Enum& one) {
    if (!value.is_string()) return false;
    for (std::size_t i = 0; i < count; ++i) {
        if (names[i] != value.get_ref<const std::string&>()) continue;
        one = static_cast<Enum>(i);
        return true;
    }
    return false;
}

/// The list's elements from the first one on.
bool read(const Value& list, calls::Key& key) {
    return list.is_array() && list.size() >= 3 &&
           read(list[0], calls::evidence_names, key.evidence) &&
           read(list[1], calls::role_names, key.role) && read(list[2], key.value) &&
           key.value.size() <= calls::longest_key;
}

bool read(const Value& object, LookUp& one) {
    if (!object.is_object()) return false;
    if (const auto key = object.find("holders"); key != object.end()) {
        one.what = LookUp::What::holders;
        return read(*key, one.key) && object.contains("from") && object.contains("until") &&
               read_bound(object["from"], one.from) && read_bound(object["until"], one.until);
    }
    const bool is_keys = object.contains("keys");
    one.what = is_keys ? LookUp::What::keys : LookUp::What::outline;
    const auto call_id = object.find(is_keys ? "keys" : "outline");
    return call_id != object.end() && read(*call_id, one.call_id);
}

bool read(const Value& list, calls::Holder& one) {
    return list.is_array() && list.size() == 3 && read(list[0], one.call_id) &&
           read(list[1], one.at) && read(list[2], one.place);
}

bool read(const Value& list, calls::Held& one) {
    return list.is_array() && list.size() == 5 && read(list, one.key) && read(list[3], one.at) &&
           read(list[4], one.place);
}

bool read(const Value& list, calls::Outline& one) {
    if (!list.is_array() || list.size() != 5 || !list[0].is_boolean() || !list[1].is_boolean()) {
        return false;
    }
    one.is_call = list[0].get<bool>();
    one.is_registration = list[1].get<bool>();
    if (!read(list[2], one.start) || !read(list[3], one.last)) return false;
    return list[4].is_null() || read(list[4], one.final_response.emplace());
}

bool read(const Value& object, LookedUp& one);

template <class One>
bool read_all(const Value& list, std::size_t most, std::vector<One>& all) {
    if (!list.is_array() || list.size() > most) return false;
    for (const Value& one : list) {
        if (!read(one, all.emplace_back())) return false;
    }
    return true;
}

bool read(const Value& object, LookedUp& one) {
    if (!object.is_object() || object.size() != 1) return false;
    const Value& value = object.front();
    if (object.contains("holders")) {
        one.what = LookUp::What::holders;
        return read_all(value, max_holders, one.holders);
    }
    if (object.contains("keys")) {
        one.what = LookUp::What::keys;
        return read_all(value, calls::most_keys_of_dialogue, one.keys);
    }
    return object.contains("outline") && (value.is_null() || read(value, one.outline.emplace()));
}

/// What is nested deeper would be written by recursion.
bool is_flat(const Value& value) {
    if (!value.is_array()) return value.is_primitive();
    for (const Value& one : value) {
        if (!one.is_primitive()) return false;
    }
    return true;
}

bool read_rows(std::string_view list, std::vector<FoundRow>& rows) {
    const auto elements = chunk::split_array(list);
    if (!elements || elements->size() > max_rows) return false;
    for (const std::string_view element : *elements) {
        auto row = read_row(element);
        if (!row) return false;
        rows.push_back(*std::move(row));
    }
    return true;
}

}  // namespace

std::optional<FoundRow> read_row(std::string_view json) {
    const Value object = Value::parse(json, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    FoundRow row;
    Value shown = Value::object();
    for (const auto& [name, value] : object.items()) {
        if (!is_flat(value)) return std::nullopt;
        shown[name] = value;
    }
    const auto number = object.find("messages");
    if (number == object.end() || !number->is_number_unsigned()) return std::nullopt;
    row.messages = number->get<std::uint64_t>();
    std::string start;
    if (!object.contains("call-id") || !read(object["call-id"], row.call_id)) return std::nullopt;
    if (!object.contains("start") || !read(object["start"], start)) return std::nullopt;
    const auto time = wire::parse_gregorian(start);
    if (!time) return std::nullopt;
    row.start = *time;
    row.json = shown.dump(-1, ' ', false, Value::error_handler_t::replace);
    return row;
}

std::optional<Inquiry> read_inquiry(std::string_view body) {
    Inquiry inquiry;
    bool is_good = false;
    if (const Value list = member(body, "Look-Ups"); !list.is_discarded()) {
        inquiry.topic = Topic::look_ups;
        is_good = read_all(list, max_look_ups, inquiry.look_ups);
    } else if (const Value ids = member(body, "Messages-Of"); !ids.is_discarded()) {
        inquiry.topic = Topic::messages;
        is_good = read_all(ids, max_call_ids, inquiry.call_ids);
    } else {
        const Value most = member(body, "Most");
        is_good = read(member(body, "Expression"), inquiry.expression) &&
                  most.is_number_unsigned() && most <= max_rows;
        if (is_good) inquiry.most = most.get<std::size_t>();
    }
    return is_good ? std::optional(std::move(inquiry)) : std::nullopt;
}

std::optional<Report> read_report(std::string_view body) {
    Report report;
    (void)read(member(body, "Incomplete"), report.incomplete);
    if (const auto rows = chunk::find_member(body, "Rows")) {
        if (!read_rows(*rows, report.rows)) return std::nullopt;
    } else if (const Value list = member(body, "Looked-Up"); !list.is_discarded()) {
        report.topic = Topic::look_ups;
        if (!read_all(list, max_look_ups, report.looked_up)) return std::nullopt;
    } else {
        report.topic = Topic::messages;
        if (!chunk::find_member(body, "Chunks")) return std::nullopt;
    }
    return report;
}

bool fits(const Report& report, const Inquiry& inquiry) {
    if (report.topic != inquiry.topic || report.rows.size() > inquiry.most) return false;
    if (report.looked_up.size() != inquiry.look_ups.size()) return false;
    for (std::size_t i = 0; i < report.looked_up.size(); ++i) {
        if (report.looked_up[i].what != inquiry.look_ups[i].what) return false;
    }
    return true;
}

}  // namespace ci::amqp
