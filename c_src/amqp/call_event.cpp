#include "amqp/call_event.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "wire/text.h"
#include "wire/utf8.h"

namespace ci::amqp {
namespace {

/// In the order in which they are shown. calls/evidence_events.cpp knows those that name others.
constexpr std::string_view kept[] = {
    "Event-Name",
    "Call-ID",
    "Call-Direction",
    "Other-Leg-Call-ID",
    "Other-Leg-Direction",
    "Bridge-A-Unique-ID",
    "Bridge-B-Unique-ID",
    "Originating-Leg-UUID",
    "Channel-Loopback-Other-Leg-ID",
    "Replaced-By",
    "Intercepted-By",
    "Transfer-Type",
    "Transfer-To",
    "Hangup-Cause",
    "Hangup-Code",
    "Bridge-Hangup-Cause",
    "Disposition",
    "Duration-Seconds",
    "Billing-Seconds",
    "Ringing-Seconds",
    "Switch-Nodename",
};
constexpr std::string_view kept_variables[] = {"Call-Interaction-ID"};

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

std::string shortened(std::string text) {
    if (text.size() > longest_kept) text.resize(wire::piece_length(text, longest_kept));
    std::replace_if(text.begin(), text.end(), is_control, ' ');
    return text;
}

/// Texts, numbers and booleans; of anything else nothing.
std::string value_of(const nlohmann::json& object, std::string_view name) {
    const auto found = object.find(name);
    if (found == object.end()) return {};
    if (found->is_string()) return shortened(found->get<std::string>());
    return found->is_number() || found->is_boolean() ? found->dump() : std::string();
}

void append_line(std::string_view name, const std::string& value, std::string& out) {
    if (value.empty()) return;
    if (!out.empty()) out += wire::crlf;
    out += name;
    out += ": ";
    out += value;
}

}  // namespace

wire::expected<CallEvent, Malformed> read_call_event(std::string_view body) {
    using nlohmann::json;
    if (body.size() > max_call_event) return Malformed::too_large;
    const json object = json::parse(body, nullptr, false);
    if (!object.is_object()) return Malformed::not_json;
    if (value_of(object, "Event-Category") != "call_event") return Malformed::no_category;
    const std::string name = value_of(object, "Event-Name");
    if (name.empty()) return Malformed::no_event_name;
    CallEvent event;
    // Not shortened: another call may begin with the same octets.
    const auto call_id = object.find("Call-ID");
    if (call_id != object.end() && call_id->is_string())
        event.call_id = call_id->get<std::string>();
    const bool is_odd = std::any_of(event.call_id.begin(), event.call_id.end(), is_control);
    if (event.call_id.empty() || event.call_id.size() > longest_kept || is_odd) {
        return Malformed::no_call_id;
    }
    for (const auto member : kept) append_line(member, value_of(object, member), event.text);
    const auto variables = object.find("Custom-Channel-Vars");
    if (variables != object.end() && variables->is_object()) {
        for (const auto member : kept_variables) {
            append_line(member, value_of(*variables, member), event.text);
        }
    }
    event.label = name;
    const std::string other = value_of(object, "Other-Leg-Call-ID");
    if (!other.empty() && other != event.call_id) event.label += " with " + other;
    const std::string cause = value_of(object, "Hangup-Cause");
    if (!cause.empty()) event.label += ", " + cause;
    event.label = shortened(std::move(event.label));
    event.node = value_of(object, "Switch-Nodename");
    return event;
}

}  // namespace ci::amqp
