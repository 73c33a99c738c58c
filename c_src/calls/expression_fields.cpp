#include "calls/expression_fields.h"

#include <algorithm>

#include "calls/uri.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::calls {
namespace {

using wire::npos;

std::string lowered(std::string text) {
    for (char& c : text) c = sip::to_lower(c);
    return text;
}

/// "alice", "alice@example.com", "sip:alice@example.com", "+49 30 123", "tel:+49-30-123".
std::string read_user(Value& value, const Surroundings& /*none*/) {
    const Uri uri = parse_uri(value.text);
    if (uri.scheme.empty() && value.text.find('@') == npos) {
        value.user = value.text;
    } else {
        value.user = unescape(uri.user);
        value.host = lowered(std::string(uri.host));
    }
    value.number = number_of(value.user);
    return {};
}

std::string read_text(Value& /*value*/, const Surroundings& /*none*/) {
    return {};
}

std::string read_address(Value& value, const Surroundings& /*none*/) {
    if (const auto network = wire::parse_network(value.text)) {
        value.networks = {*network};
        return {};
    }
    // "::1:5060" is an address; only brackets or dots tell a port from its end.
    const auto endpoint = wire::parse_endpoint(value.text);
    if (!endpoint) return "an address (192.0.2.1), a network (10.0.0.0/8) or 192.0.2.1:5060";
    value.endpoints = {*endpoint};
    return {};
}

std::string read_port(Value& value, const Surroundings& /*none*/) {
    const auto port = wire::parse_port(value.text);
    if (!port) return "a port from 0 to 65535";
    value.low = value.high = *port;
    return {};
}

std::string read_host(Value& value, const Surroundings& surroundings) {
    std::string known;
    for (const HostName& host : surroundings.hosts) {
        if (sip::equal_without_case(host.name, value.text)) {
            value.networks = host.networks;
            value.endpoints = host.endpoints;
            return {};
        }
        known += (known.empty() ? "" : ", ") + host.name;
    }
    if (known.empty()) return "a name of the setting hosts, which has none";
    return "a name of the setting hosts (" + known + ")";
}

std::string read_status(Value& value, const Surroundings& /*none*/) {
    constexpr std::string_view right = "a status such as 486, or 5xx for all from 500 to 599";
    std::string text = value.text;
    if (text.size() != 3 || text[0] < '1' || text[0] > '6') return std::string(right);
    if (lowered(text.substr(1)) == "xx") {
        value.low = std::int64_t{text[0] - '0'} * 100;
        value.high = value.low + 99;
        return {};
    }
    const auto status = sip::read_decimal<std::uint16_t>(text);
    if (!status) return std::string(right);
    value.low = value.high = *status;
    return {};
}

template <std::size_t n>
std::string read_name(Value& value, const std::string_view (&names)[n]) {
    std::string all;
    for (std::size_t i = 0; i < n; ++i) {
        if (sip::equal_without_case(names[i], value.text)) {
            value.text = names[i];
            value.low = value.high = static_cast<std::int64_t>(i);
            return {};
        }
        all.append(all.empty() ? "" : ", ").append(names[i]);
    }
    return "one of " + all;
}
std::string read_outcome(Value& value, const Surroundings& /*none*/) {
    return read_name(value, outcome_names);
}
std::string read_kind(Value& value, const Surroundings& /*none*/) {
    return read_name(value, kind_names);
}

std::string read_method(Value& value, const Surroundings& /*none*/) {
    const bool is_token =
        !value.text.empty() && std::all_of(value.text.begin(), value.text.end(), sip::is_token);
    return is_token ? "" : "a method such as INVITE";
}

std::string read_moment(Value& value, const Surroundings& surroundings) {
    if (read_time(value.text, surroundings.now, value)) return {};
    return "a time such as 2026-11-29, 2026-11-29T14:30 (UTC), 2026-11-29T14:30:00+01:00, or 90s, "
           "15m, 12h, 2d ago";
}

std::string read_length(Value& value, const Surroundings& /*none*/) {
    const auto span = read_span(value.text);
    if (!span) return "a time such as 5 (seconds), 200ms, 1.5s, 10m or 2h";
    value.low = value.high = *span;
    return {};
}

/// A word can be all of these.
std::string read_any(Value& value, const Surroundings& surroundings) {
    (void)read_user(value, surroundings);
    (void)read_address(value, surroundings);
    return {};
}

constexpr FieldRule rules[] = {
    {Field::from, "from", "=!~", read_user, "from=alice",
     "who calls: the user of From, or a number; ~ looks into the display name as well"},
    {Field::to, "to", "=!~", read_user, "to=+4930123", "who is called: likewise of To"},
    {Field::user, "user", "=!~", read_user, "user=30123",
     "From, To, Request-URI or P-Asserted-Identity"},
    {Field::ip, "ip", "=!", read_address, "ip=10.0.0.0/24",
     "an address that sent or received one of the messages"},
    {Field::port, "port", "=!", read_port, "port=5060",
     "a port that sent or received one of the messages"},
    {Field::host, "host", "=!", read_host, "host=kam1", "likewise, by a name of the setting hosts"},
    {Field::status, "status", "=!<>", read_status, "status=5xx,486",
     "the final status that the caller got"},
    {Field::outcome, "outcome", "=!", read_outcome, "outcome=busy", "how it ended"},
    {Field::method, "method", "=!", read_method, "method=REFER", "of a request of the dialogue"},
    {Field::kind, "kind", "=!", read_kind, "kind=registration",
     "by the first request; without it registrations, subscriptions and OPTIONS are left out"},
    {Field::ua, "ua", "=!~", read_text, "ua~asterisk",
     "User-Agent of a request or a response, Server of a response"},
    {Field::finding, "finding", "=!", read_text, "finding=no_ack",
     "what was found wrong; name a time or a number as well, as each dialogue is analysed"},
    {Field::call, "call", "=!~", read_text, "call~1-14748", "the Call-ID"},
    {Field::since, "since", "=", read_moment, "since=2d", "it had a message at that time or later"},
    {Field::until, "until", "=", read_moment, "until=2026-11-29", "it had begun by that time"},
    {Field::duration, "duration", "<>", read_length, "duration>90s",
     "from the answer to the hang-up"},
    {Field::pdd, "pdd", "<>", read_length, "pdd>5s",
     "post-dial delay: from the INVITE to the first ringing"},
};
constexpr FieldRule bare = {
    Field::any, "", "=", read_any, "30123", "a number, a user, an address, or a part of a Call-ID"};

}  // namespace

std::span<const FieldRule> field_rules() noexcept {
    return rules;
}

const FieldRule& bare_word() noexcept {
    return bare;
}

}  // namespace ci::calls
