// A REFER and the INVITE that follows it (refer), and INVITEs that arrive at a host and leave it
// (b2bua).
#include <string>

#include "calls/evidence_parts.h"
#include "calls/uri.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = sip::to_lower(c);
    return out;
}

/// Whether a request begins a dialog or stands alone (RFC 3261 12.1): its To has no tag.
bool is_initial(const sip::Message& message) noexcept {
    return message.is_request && sip::to_tag(message).empty();
}

/// Users of all headers of this name, in the form in which they are compared. False: there are
/// none.
bool add_users(const sip::Message& message, std::string_view name, char compact,
               std::string_view prefix, Role role, KeyList& keys) {
    bool has_any = false;
    auto headers = message.headers;
    while (const auto header = sip::next_header(headers)) {
        if (!sip::is_named(*header, name, compact)) continue;
        const std::string user = comparable_user(parse_name_addr(header->value).uri.user);
        if (user.empty()) continue;
        keys.add(Evidence::b2bua, role, std::string(prefix) + user);
        has_any = true;
    }
    return has_any;
}

struct Words {
    std::string_view called, calling;
};

void add_parties(const sip::Message& message, const std::string& host, Role role,
                 const Words& words, KeyList& keys) {
    const std::string called = host + std::string(words.called);
    const std::string calling = host + std::string(words.calling);
    const std::string target = comparable_user(parse_uri(message.request_uri).user);
    if (!target.empty()) keys.add(Evidence::b2bua, role, called + target);
    (void)add_users(message, "To", 't', called, role, keys);
    const bool has_from = add_users(message, "From", 'f', calling, role, keys);
    const bool is_asserted = add_users(message, "P-Asserted-Identity", 0, calling, role, keys);
    // Of an INVITE that names no caller, and calls a name that only its maker knows, time tells.
    const bool is_hidden =
        !has_from && !is_asserted && target.find_first_not_of("0123456789") != std::string::npos;
    if (role == Role::arrives || is_hidden) {
        keys.add(Evidence::b2bua, role, host + std::string(hidden_parties));
    }
}

/// The user that a REFER or a redirection names.
void add_target(const sip::Message& message, std::string_view header, char compact,
                const wire::Address& at, std::string_view word, const Rules& rules, KeyList& keys) {
    (void)add_users(message, header, compact, host_name(at, rules) + std::string(word),
                    Role::arrives, keys);
}

}  // namespace

void add_refer_keys(const sip::Message& message, const Sighting& sighting, const Rules& rules,
                    KeyList& keys) {
    if (!message.is_request) return;
    const bool is_refer = message.method == "REFER";
    if (!is_refer && !(message.method == "INVITE" && is_initial(message))) return;
    auto by = sip::find_header(message, "Referred-By", 'b');
    if (by.empty() && !is_refer) return;
    if (by.empty()) by = sip::find_header(message, "From", 'f');  // as RFC 3892 2.1 has it
    const Uri target = is_refer ? parse_name_addr(sip::find_header(message, "Refer-To", 'r')).uri
                                : parse_uri(message.request_uri);
    const std::string referrer = comparable_user(parse_name_addr(by).uri.user);
    if (referrer.empty()) return;
    const Role role = is_refer ? Role::arrives : Role::leaves;
    if (!target.host.empty()) {
        keys.add(Evidence::refer, role,
                 "to " + unescape(target.user) + '@' + lower(target.host) + " by " + referrer);
    }
    // A B2BUA that carries out a REFER itself may know its target by another address.
    const wire::Address host = is_refer ? sighting.dst : origin_of(message, sighting);
    if (host.family == wire::Family::none) return;
    keys.add(Evidence::refer, role, "at " + host_name(host, rules) + " by " + referrer);
}

void add_b2bua_keys(const sip::Message& message, const Sighting& sighting, const Rules& rules,
                    KeyList& keys) {
    const wire::Address& dst = sighting.dst;
    const bool has_dst = dst.family != wire::Family::none;
    if (!message.is_request) {
        // RFC 3261 8.1.3.4: whoever made the request tries the Contacts of a redirection.
        if (message.status / 100 == 3 && message.method == "INVITE" && has_dst &&
            sip::vias(message).size() == 1) {
            add_target(message, "Contact", 'm', dst, " redirected ", rules, keys);
        }
        return;
    }
    if (message.method == "REFER" && has_dst) {
        add_target(message, "Refer-To", 'r', dst, " referred ", rules, keys);
        keys.add(Evidence::b2bua, Role::arrives, host_name(dst, rules) + " refers -");
        return;
    }
    const bool is_text = message.method == "MESSAGE";
    if (!is_initial(message) || (message.method != "INVITE" && !is_text)) return;
    const Words words =
        is_text ? Words{" text to ", " text from "} : Words{" called ", " calling "};
    if (has_dst) add_parties(message, host_name(dst, rules), Role::arrives, words, keys);
    const wire::Address origin = origin_of(message, sighting);
    if (origin.family == wire::Family::none) return;
    add_parties(message, host_name(origin, rules), Role::leaves, words, keys);
}

}  // namespace ci::calls
