// Headers that name another dialogue (header, session_id, replaces, icid), and Call-IDs made of
// another one (affix).
#include <algorithm>
#include <optional>

#include "calls/evidence_parts.h"
#include "calls/uri.h"
#include "sip/params.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::calls {
namespace {

using wire::npos;

/// Call-IDs made of a Call-ID made of a Call-ID ...; a B2BUA hardly adds to it more often.
constexpr int deepest_affix = 4;
constexpr std::size_t uuid_digits = 32;  // RFC 7989 5, sess-uuid

/// The value up to its parameters.
std::string_view first_part(std::string_view value) noexcept {
    return sip::trim(value.substr(0, value.find(';')));
}

std::string_view without_quotes(std::string_view text) noexcept {
    text = sip::trim(text);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        return text.substr(1, text.size() - 2);
    }
    return text;
}

/// RFC 7989 5: LOCAL;remote=REMOTE. A UUID belongs to one end of one communication session, so that
/// whoever has it is in that session. The null UUID stands for an end that is not known yet.
void add_session_uuid(std::string_view text, KeyList& keys) {
    std::string uuid(sip::trim(text));
    std::transform(uuid.begin(), uuid.end(), uuid.begin(), sip::to_lower);
    const bool is_uuid =
        uuid.size() == uuid_digits && uuid.find_first_not_of("0123456789abcdef") == npos;
    if (is_uuid && uuid.find_first_not_of('0') != npos) {
        keys.add(Evidence::session_id, Role::shares, uuid);
    }
}
void add_session_id(std::string_view value, KeyList& keys) {
    const auto end = value.find(';');
    add_session_uuid(value.substr(0, end), keys);
    if (end == npos) return;
    auto params = value.substr(end + 1);
    while (const auto param = sip::next_param(params)) {
        if (sip::equal_without_case(param->name, "remote")) add_session_uuid(param->value, keys);
    }
}

/// What stands behind the `?` of a URI (RFC 3261 19.1.1), in `<...>` or bare.
std::string_view headers_of(std::string_view value) noexcept {
    if (const auto open = sip::find_unquoted(value, '<'); open != npos) {
        value = value.substr(open + 1);
        value = value.substr(0, value.find('>'));
    }
    const auto question = value.find('?');
    return question == npos ? std::string_view() : value.substr(question + 1);
}

/// RFC 3515 2.1 with RFC 3891: <sip:who@where?Replaces=CALLID%3Bto-tag%3D...>.
void add_refer_to(std::string_view value, KeyList& keys) {
    auto headers = headers_of(value);
    while (!headers.empty()) {
        const auto end = headers.find('&');
        const auto header = headers.substr(0, end);
        headers = end == npos ? std::string_view() : headers.substr(end + 1);
        const auto equals = header.find('=');
        if (equals == npos) continue;
        const std::string name = unescape(header.substr(0, equals));
        const bool names_dialog = sip::equal_without_case(name, "Replaces") ||
                                  sip::equal_without_case(name, "Join") ||
                                  sip::equal_without_case(name, "Target-Dialog");
        if (!names_dialog) continue;
        const std::string text = unescape(header.substr(equals + 1));
        keys.add(Evidence::replaces, Role::names, first_part(text));
    }
}

/// RFC 7315 4.6: icid-value=...;icid-generated-at=...
void add_charging_vector(std::string_view value, KeyList& keys) {
    while (const auto param = sip::next_param(value)) {
        if (sip::equal_without_case(param->name, "icid-value")) {
            keys.add(Evidence::icid, Role::shares, without_quotes(param->value));
        }
    }
}

/// Length of the digits at the end of `text`.
std::size_t digits_at_end(std::string_view text) noexcept {
    std::size_t count = 0;
    while (count < text.size() && sip::is_digit(text[text.size() - 1 - count])) ++count;
    return count;
}

/// Takes `pattern`, in which `#` stands for digits, off the end of `text`.
bool take_end(std::string_view pattern, std::string_view& text) noexcept {
    for (; !pattern.empty(); pattern.remove_suffix(1)) {
        const std::size_t size = pattern.back() == '#'
                                     ? digits_at_end(text)
                                     : static_cast<std::size_t>(text.ends_with(pattern.back()));
        if (size == 0) return false;
        text.remove_suffix(size);
    }
    return true;
}
/// The same at the front.
bool take_front(std::string_view pattern, std::string_view& text) noexcept {
    for (; !pattern.empty(); pattern.remove_prefix(1)) {
        std::size_t size = text.starts_with(pattern.front()) ? 1 : 0;
        if (pattern.front() == '#') {
            size = std::min(text.find_first_not_of("0123456789"), text.size());
        }
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

/// The Call-ID of which `call_id` is made by `pattern`.
std::optional<std::string_view> base_of(std::string_view call_id, std::string_view pattern) {
    const auto star = pattern.find('*');
    if (star == npos || pattern.size() < 2) return std::nullopt;
    if (!take_front(pattern.substr(0, star), call_id)) return std::nullopt;
    if (!take_end(pattern.substr(star + 1), call_id) || call_id.empty()) return std::nullopt;
    return call_id;
}

}  // namespace

void add_header_keys(const sip::Message& message, const Rules& rules, KeyList& keys) {
    auto headers = message.headers;
    while (const auto header = sip::next_header(headers)) {
        const auto is = [&](std::string_view name, char compact = 0) {
            return sip::is_named(*header, name, compact);
        };
        if (is("Session-ID")) {
            add_session_id(header->value, keys);
        } else if (is("Replaces") || is("Join") || is("Target-Dialog")) {
            keys.add(Evidence::replaces, Role::names, first_part(header->value));
        } else if (is("Refer-To", 'r')) {
            add_refer_to(header->value, keys);
        } else if (is("P-Charging-Vector")) {
            add_charging_vector(header->value, keys);
        } else if (std::any_of(rules.headers.begin(), rules.headers.end(),
                               [&](const std::string& name) { return is(name); })) {
            keys.add(Evidence::header, Role::names, without_quotes(header->value));
        }
    }
}

void add_call_id_keys(std::string_view call_id, const Rules& rules, KeyList& keys) {
    for (int depth = 0; depth < deepest_affix; ++depth) {
        std::optional<std::string_view> base;
        for (const std::string& pattern : rules.affixes) {
            if (!base) base = base_of(call_id, pattern);
        }
        if (!base) return;
        keys.add(Evidence::affix, Role::names, *base);
        call_id = *base;
    }
}

}  // namespace ci::calls
