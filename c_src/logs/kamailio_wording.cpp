#include "logs/kamailio_wording.h"

#include <algorithm>

#include "sip/text.h"
#include "wire/text.h"

namespace ci::logs {
namespace {

using std::string_view;
using wire::npos;
using Is = Saying::Is;

bool drop_begin(string_view& text, string_view begin) noexcept {
    if (!text.starts_with(begin)) return false;
    text.remove_prefix(begin.size());
    return true;
}

std::uint8_t ip_protocol_of(string_view name) noexcept {
    constexpr struct {
        string_view name;
        std::uint8_t number;  // as HEP has them
    } protocols[] = {{"udp", 17}, {"tcp", 6}, {"tls", 22}, {"ws", 6}, {"wss", 22}, {"sctp", 132}};
    for (const auto& protocol : protocols) {
        if (sip::equal_without_case(protocol.name, name)) return protocol.number;
    }
    return 0;
}

wire::Endpoint endpoint_of(string_view text) noexcept {
    return wire::parse_endpoint(sip::trim(text)).value_or(wire::Endpoint{});
}

/// "A -> B".
bool read_hop(string_view text, wire::Endpoint& from, wire::Endpoint& to) noexcept {
    constexpr string_view arrow = " -> ";
    const auto at = text.find(arrow);
    if (at == npos) return false;
    from = endpoint_of(text.substr(0, at));
    to = endpoint_of(text.substr(at + arrow.size()));
    return true;
}

/// "486 Busy Here", "180".
bool read_status(string_view text, Saying& saying) noexcept {
    constexpr std::size_t digits = 3;
    if (text.size() < digits || text[0] < '1' || text[0] > '6' || !sip::is_digit(text[1]) ||
        !sip::is_digit(text[2]) || (text.size() > digits && text[digits] != ' ')) {
        return false;
    }
    saying.code = text.substr(0, digits);
    saying.reason = sip::trim(text.substr(digits));
    return true;
}

/// "udp request INVITE sip:bob@192.0.2.1".
bool read_request(string_view text, Saying& saying) noexcept {
    constexpr string_view mark = " request ";
    const auto at = text.find(mark);
    if (at == npos || text.substr(0, at).find(' ') != npos) return false;
    saying.is = Is::request;
    saying.ip_protocol = ip_protocol_of(text.substr(0, at));
    saying.uri = sip::trim(text.substr(at + mark.size()));
    saying.method = sip::next_word(saying.uri);
    return !saying.method.empty() &&
           std::all_of(saying.method.begin(), saying.method.end(), sip::is_token);
}

/// "INVITE reply 200 OK source 192.0.2.1:5060", of Kazoo 3.22.
bool read_external(string_view text, Saying& saying) noexcept {
    constexpr string_view reply = "reply ";
    constexpr string_view source = " source ";
    saying.method = sip::next_word(text);
    if (!drop_begin(text, reply)) return false;
    const auto at = text.rfind(source);
    if (at == npos || !read_status(text.substr(0, at), saying)) return false;
    saying.is = Is::external_begin;
    saying.side = Side::external;
    saying.far = endpoint_of(text.substr(at + source.size()));
    return true;
}

bool read_reply(string_view text, Saying& saying, Is is, Side side) noexcept {
    if (!read_status(text, saying)) return false;
    saying.is = is;
    saying.side = side;
    return true;
}

/// "408 locally generated for method INVITE no progress": nothing arrived.
bool read_local_failure(string_view text, Saying& saying) noexcept {
    constexpr string_view made = " locally generated for method ";
    const auto at = text.find(made);
    if (at == npos || !read_status(text.substr(0, at), saying)) return false;
    saying.is = Is::failure;
    text = text.substr(at + made.size());
    saying.method = sip::next_word(text);
    saying.reason = {};
    return true;
}

bool read_received(string_view text, Saying& saying) noexcept {
    if (drop_begin(text, "internal reply ")) {
        return read_reply(text, saying, Is::internal_reply, Side::internal);
    }
    if (drop_begin(text, "failure reply ")) {
        if (!read_reply(text, saying, Is::failure, Side::unknown)) return false;
        // Kazoo's own script has no reason to name there, and names no code that it passes on.
        constexpr string_view passed_on[] = {"401", "403", "407", "486"};
        const bool is_kazoos = saying.reason == null_text &&
                               std::find(std::begin(passed_on), std::end(passed_on), saying.code) ==
                                   std::end(passed_on);
        if (is_kazoos) saying.gives_up = GivesUp::always;
        return true;
    }
    if (drop_begin(text, "external ")) return read_external(text, saying);
    return read_request(text, saying);
}

bool read_start(string_view text, Saying& saying) noexcept {
    // Kazoo before 3.22 spells it the other way.
    if (drop_begin(text, "received ") || drop_begin(text, "recieved "))
        return read_received(text, saying);
    if (drop_begin(text, "internal failure route, ") ||
        drop_begin(text, "external failure route, ")) {
        return read_local_failure(text, saying);
    }
    return false;
}

/// What a failure route sends in place of the response: until Kazoo 4.2 after "log", then after
/// "failure", since 5.0 without a tag.
bool read_instead(string_view text, Saying& saying) noexcept {
    string_view rest = text;
    drop_begin(rest, "failure route ");
    if (drop_begin(rest, "overriding reply code 402 with 486")) {
        saying.sent_code = "486";
        saying.sent_reason = "Insufficient Funds";
    } else if (drop_begin(rest, "overriding reply code 480 with ")) {
        saying.sent_code = rest.substr(0, 3);
        saying.sent_reason = "Endpoint Not Available";
    } else if (drop_begin(rest, "sending ")) {
        Saying sent;
        const bool has_code = !sip::next_word(rest).empty();  // of the response, or "6XX"
        if (!has_code || !drop_begin(rest, "reply as ") || !read_status(rest, sent)) return false;
        saying.sent_code = sent.code;
        saying.sent_reason = sent.reason;
    } else {
        return false;
    }
    saying.is = Is::instead;
    return true;
}

/// The response that a failure route of Kazoo 4.3 and later names, which no other line does.
bool read_failure(string_view text, Saying& saying) noexcept {
    saying.is_receipt = true;
    string_view rest = text;
    if (drop_begin(rest, "internal reply ")) {
        if (!read_reply(rest, saying, Is::failure, Side::internal)) return false;
        const bool tries_again = saying.code.starts_with('4') || saying.code.starts_with('5');
        if (tries_again) saying.gives_up = GivesUp::before_dialog;
        return true;
    }
    if (drop_begin(rest, "auth reply "))
        return read_reply(rest, saying, Is::failure, Side::internal);
    if (drop_begin(rest, "Failed auth from IP ") || drop_begin(rest, "failed auth from ip ")) {
        return read_reply("403 Forbidden", saying, Is::failure, Side::internal);
    }
    if (read_instead(text, saying)) {
        if (!drop_begin(rest, "sending ")) drop_begin(rest, "overriding reply code ");
        return read_reply(rest.substr(0, 3), saying, Is::failure, Side::internal);
    }
    saying.is_receipt = false;
    return false;
}

bool read_common(string_view text, Saying& saying) noexcept {
    string_view rest = text;
    if (drop_begin(rest, "source ")) {
        saying.is = Is::source;
        if (!read_hop(rest, saying.far, saying.local)) saying.far = endpoint_of(rest);
        return true;
    }
    if (drop_begin(rest, "cseq ")) {
        saying.is = Is::c_seq;
        saying.c_seq = sip::trim(rest);
        return true;
    }
    if (drop_begin(rest, "method ")) {
        saying.is = Is::method;
        saying.method = sip::trim(rest);
        return true;
    }
    if (drop_begin(rest, "originated from ")) {
        saying.is = Is::origin;
        saying.side = rest.starts_with("internal") ? Side::internal : Side::external;
        return true;
    }
    if (text == "transaction was cancelled") {
        saying.is = Is::end;
        return true;
    }
    if (read_instead(text, saying)) return true;
    if (!text.starts_with("failure route ")) return false;
    saying.is = Is::in_failure;
    return true;
}

void read_log(string_view text, Saying& saying) noexcept {
    string_view rest = text;
    if (drop_begin(rest, "external reply ") &&
        read_reply(rest, saying, Is::external_reply, Side::external)) {
        return;
    }
    rest = text;
    if (drop_begin(rest, "internal reply ") &&
        read_reply(rest, saying, Is::internal_reply, Side::internal)) {
        return;
    }
    // Kazoo 4.3 tells of a challenge by this alone.
    if (text.starts_with("media ") && text.find(" challenged the invite") != npos) {
        saying.is_receipt = true;
        read_reply("407 Proxy Authentication Required", saying, Is::failure, Side::internal);
        return;
    }
    read_common(text, saying);
}

void read_pass(string_view text, Saying& saying) noexcept {
    if (read_hop(text, saying.local, saying.far)) {
        saying.is = Is::passed_on;
        return;
    }
    saying.far = endpoint_of(text);
    if (saying.far.address.family != wire::Family::none) saying.is = Is::passed_back;
}

/// Kazoo 5.0 and later: the route stands for the tag.
void read_untagged(const ScriptLine& line, Saying& saying) noexcept {
    // At level DEBUG: requests that Kamailio makes itself.
    if (line.route == "tm:local-request") return;
    string_view rest = line.text;
    if (drop_begin(rest, "start - ")) {
        read_start(rest, saying);
        return;
    }
    if (drop_begin(rest, "pass - ")) {
        saying.ip_protocol = ip_protocol_of(sip::next_word(rest));
        if (read_hop(rest, saying.local, saying.far)) saying.is = Is::passed_on;
        return;
    }
    if (drop_begin(rest, "stop - ") || drop_begin(rest, "end - ") || rest == "ACK - end") {
        saying.is = Is::end;
        return;
    }
    const bool is_external = line.route.starts_with("external_");
    const Side side = is_external ? Side::external : Side::internal;
    const bool is_fault = line.route == "internal_fault" || line.route == "external_fault";
    if (is_fault || line.route == "internal_reply" || line.route == "external_reply") {
        const Is is = is_fault      ? Is::failure
                      : is_external ? Is::external_reply
                                    : Is::internal_whole;
        saying.is_receipt = is_fault;
        if (read_reply(line.text, saying, is, side)) return;
        // "overriding reply code 604" follows a line with the code.
        if (is_fault && !line.text.starts_with("overriding reply code 604") &&
            read_failure(line.text, saying)) {
            return;
        }
        saying.is_receipt = false;
    }
    if (drop_begin(rest, "new branch [")) {
        const auto to = rest.find("] to ");
        if (to == npos) return;
        rest.remove_prefix(to + 5);
        saying.is = Is::branch;
        saying.uri = sip::trim(rest.substr(0, rest.find(" => ")));
        return;
    }
    read_common(line.text, saying);
}

void read_tagged_line(const ScriptLine& line, Saying& saying) noexcept {
    switch (line.tag.front()) {
        case 's':
            if (line.tag == "stop") {
                saying.is = Is::end;
            } else if (!read_start(line.text, saying)) {
                saying.is = Is::note;
            }
            return;
        case 'e':
            saying.is = Is::end;
            return;
        case 'p':
            read_pass(line.text, saying);
            return;
        case 'f':
            read_failure(line.text, saying);
            return;
        default:
            read_log(line.text, saying);
    }
}

}  // namespace

Saying read_saying(const ScriptLine& line) noexcept {
    Saying saying;
    if (line.tag.empty()) {
        read_untagged(line, saying);
    } else {
        read_tagged_line(line, saying);
    }
    if (saying.reason == null_text) saying.reason = {};
    return saying;
}

}  // namespace ci::logs
