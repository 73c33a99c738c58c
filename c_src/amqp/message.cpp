#include "amqp/message.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "order/clocks/clock_json.h"
#include "wire/inflate.h"

namespace ci::amqp {
namespace {

using nlohmann::json;

constexpr std::string_view gzip_magic = "\x1f\x8b";  // RFC 1952 2.3.1; JSON never begins like this
constexpr std::size_t max_clocks = 1'024;            // as many as an inspector learns

struct Known {
    std::string_view name;
    Event event;
};
constexpr Known known_events[] = {
    {"lookup_req", Event::lookup_req},    {"filter_req", Event::filter_req},
    {"present", Event::present},          {"gather_req", Event::gather_req},
    {"gather_resp", Event::gather_resp},  {"inquiry_req", Event::inquiry_req},
    {"inquiry_resp", Event::inquiry_resp}};

Event event_of(std::string_view name) {
    for (const Known& known : known_events) {
        if (known.name == name) return known.event;
    }
    return Event::other;
}

/// Empty: the member is missing or not a string.
std::string text_of(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

constexpr std::string_view read_from_text[] = {"Chunks",    "Clocks",      "Rows",
                                               "Looked-Up", "Messages-Of", "Look-Ups"};

/// Leaves out what is read from the text: chunks and clocks, because a double would not preserve
/// their numbers, and what inquiry.h reads.
json parse(std::string_view body) {
    if (body.find('\0') != std::string_view::npos) return json::value_t::discarded;
    return json::parse(
        body,
        [](int depth, json::parse_event_t event, json& parsed) {
            return !(depth == 1 && event == json::parse_event_t::key &&
                     std::find(std::begin(read_from_text), std::end(read_from_text), parsed) !=
                         std::end(read_from_text));
        },
        false);
}

using Failure = std::optional<Malformed>;

Failure read_call_id(const json& object, Message& message) {
    std::string call_id = text_of(object, "Call-ID");
    if (call_id.empty()) return Malformed::no_call_id;
    message.of_one_call = true;
    message.call_ids.push_back(std::move(call_id));
    return std::nullopt;
}

Failure read_call_ids(const json& object, Message& message) {
    const auto list = object.find("Call-IDs");
    if (list == object.end() || !list->is_array()) return Malformed::no_call_ids;
    if (list->size() > max_call_ids) return Malformed::too_many_call_ids;
    for (const json& one : *list) {
        if (!one.is_string()) return Malformed::no_call_ids;
        message.call_ids.push_back(one.get<std::string>());
    }
    return std::nullopt;
}

Failure read_chunks(std::string_view body, Message& message) {
    const auto list = chunk::find_member(body, "Chunks");
    const auto elements = list ? chunk::split_array(*list) : std::nullopt;
    if (!elements) return Malformed::bad_chunks;
    message.of_one_call = true;
    message.chunks.reserve(elements->size());
    for (const std::string_view element : *elements) {
        auto chunk = chunk::read_line(element);
        if (!chunk) return Malformed::bad_chunks;
        message.chunks.push_back(*std::move(chunk));
    }
    return std::nullopt;
}

/// Skips invalid clocks: the chunks can be put in order without them.
void read_clocks(std::string_view body, Message& message) {
    const auto list = chunk::find_member(body, "Clocks");
    const auto elements = list ? chunk::split_array(*list) : std::nullopt;
    if (!elements) return;
    for (const std::string_view element : *elements) {
        if (message.clocks.size() == max_clocks) break;
        if (auto clock = order::read_clock(element)) message.clocks.push_back(*std::move(clock));
    }
}

Failure read_whole_inquiry(std::string_view body, Message& message) {
    auto inquiry = read_inquiry(body);
    if (!inquiry) return Malformed::bad_inquiry;
    message.inquiry = *std::move(inquiry);
    return std::nullopt;
}

Failure read_whole_report(std::string_view body, Message& message) {
    auto report = read_report(body);
    if (!report) return Malformed::bad_report;
    message.report = *std::move(report);
    if (message.report.topic != Topic::messages) return std::nullopt;
    read_clocks(body, message);
    return read_chunks(body, message);
}

Failure read_server_id(const json& object, Message& message) {
    message.server_id = text_of(object, "Server-ID");
    if (message.server_id.empty()) return Malformed::no_server_id;
    if (!parse_server_id(message.server_id)) return Malformed::bad_server_id;
    return std::nullopt;
}

Failure read_instance(const json& object, Message& message) {
    message.instance = text_of(object, "Instance");
    if (message.instance.empty()) return Malformed::no_instance;
    return std::nullopt;
}

/// Reads the members that the message's event needs.
Failure read_members(std::string_view body, const json& object, Message& message) {
    Failure why;
    const bool is_answer =
        message.event == Event::gather_resp || message.event == Event::inquiry_resp;
    if (!is_answer) why = read_server_id(object, message);
    const bool is_ours = message.event != Event::lookup_req && message.event != Event::filter_req;
    if (!why && is_ours) why = read_instance(object, message);
    if (why) return why;
    switch (message.event) {
        case Event::lookup_req:
            return read_call_id(object, message);
        case Event::filter_req:
            return read_call_ids(object, message);
        case Event::gather_req:
            return object.contains("Call-IDs") ? read_call_ids(object, message)
                                               : read_call_id(object, message);
        case Event::gather_resp:
            if (object.contains("Call-IDs")) return read_call_ids(object, message);
            read_clocks(body, message);
            return read_chunks(body, message);
        case Event::inquiry_req:
            return read_whole_inquiry(body, message);
        case Event::inquiry_resp:
            return read_whole_report(body, message);
        case Event::present: {
            const auto leaving = object.find("Leaving");
            message.leaving = leaving != object.end() && *leaving == true;
            return std::nullopt;
        }
        case Event::other:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

wire::expected<Message, Malformed> read_message(std::string_view body) {
    if (body.size() > max_body) return Malformed::too_large;
    std::string inflated;
    if (body.starts_with(gzip_magic)) {
        if (!wire::inflate(body, max_body, inflated)) return Malformed::not_json;
        body = inflated;
    }
    const json object = parse(body);
    if (!object.is_object()) return Malformed::not_json;
    if (text_of(object, "Event-Category") != "call_inspector") return Malformed::no_category;
    const std::string name = text_of(object, "Event-Name");
    if (name.empty()) return Malformed::no_event_name;
    if (text_of(object, "App-Name").empty() || text_of(object, "App-Version").empty()) {
        return Malformed::no_app;
    }
    Message message;
    message.event = event_of(name);
    message.msg_id = text_of(object, "Msg-ID");
    message.node = text_of(object, "Node");
    if (message.msg_id.empty()) return Malformed::no_msg_id;
    if (message.event == Event::other) return message;
    if (const Failure why = read_members(body, object, message)) return *why;
    return message;
}

std::optional<Address> parse_server_id(std::string_view server_id) {
    constexpr std::string_view scheme = "pid://";
    constexpr std::size_t longest_key = 255;  // AMQP's short string
    Address address;
    if (server_id.starts_with(scheme)) {
        const auto slash = server_id.rfind('/');
        if (slash <= scheme.size()) return std::nullopt;
        address.pid = server_id.substr(scheme.size(), slash - scheme.size());
        server_id.remove_prefix(slash + 1);
    }
    if (server_id.empty() || server_id.size() > longest_key) return std::nullopt;
    address.key = server_id;
    return address;
}

}  // namespace ci::amqp
