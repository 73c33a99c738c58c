#include "calls/uri.h"

#include <algorithm>

#include "sip/params.h"
#include "sip/text.h"
#include "wire/endpoint.h"
#include "wire/text.h"

namespace ci::calls {
namespace {

using sip::equal_without_case;
using wire::npos;

/// RFC 3986 3.1: a letter, then letters, digits, `+`, `-`, `.`.
bool is_scheme(std::string_view text) noexcept {
    const auto is_letter = [](char c) {
        return sip::to_lower(c) >= 'a' && sip::to_lower(c) <= 'z';
    };
    return !text.empty() && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return is_letter(c) || sip::is_digit(c) || c == '+' || c == '-' || c == '.';
           });
}

bool is_tel(std::string_view scheme) noexcept {
    return equal_without_case(scheme, "tel") || equal_without_case(scheme, "fax");
}

/// Schemes whose URIs have a host. A port of digits behind `host:` must not make `host` a scheme.
bool has_host(std::string_view scheme) noexcept {
    return equal_without_case(scheme, "sip") || equal_without_case(scheme, "sips") ||
           equal_without_case(scheme, "im") || equal_without_case(scheme, "pres") ||
           equal_without_case(scheme, "xmpp") || equal_without_case(scheme, "mailto") ||
           equal_without_case(scheme, "h323");
}

/// `host`, `host:port`, `[2001:db8::1]:port`, with parameters and headers behind it.
std::string_view host_of(std::string_view text) noexcept {
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        return close == npos ? text.substr(1) : text.substr(1, close - 1);
    }
    text = text.substr(0, text.find_first_of(";?>"));
    const auto colon = text.find(':');
    // More than one colon: IPv6 whose brackets are missing.
    const bool is_ipv6 = colon != npos && text.find(':', colon + 1) != npos;
    return sip::trim(is_ipv6 ? text : text.substr(0, colon));
}

bool is_separator(char c) noexcept {
    return c == '-' || c == '.' || c == '(' || c == ')' || c == '/' || sip::is_blank(c);
}

int hex_value(char c) noexcept {
    if (sip::is_digit(c)) return c - '0';
    const char lower = sip::to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

Uri parse_uri(std::string_view text) noexcept {
    Uri uri;
    text = sip::trim(text);
    const auto colon = text.find(':');
    if (colon != npos && is_scheme(text.substr(0, colon))) {
        const auto scheme = text.substr(0, colon);
        const bool is_known =
            has_host(scheme) || is_tel(scheme) || equal_without_case(scheme, "urn");
        const bool has_port = colon + 1 < text.size() && sip::is_digit(text[colon + 1]);
        if (is_known ||
            (!has_port && text.substr(0, colon).find('.') == npos && text.find('@') == npos)) {
            uri.scheme = scheme;
            text.remove_prefix(colon + 1);
        }
    }
    // An @ in parameters or headers is escaped (RFC 3261 25.1), one in the user part often is not:
    // the last one in front of a `?` ends the user part.
    const auto at = text.substr(0, text.find('?')).rfind('@');
    const bool is_number = is_tel(uri.scheme);
    const bool has_user = at != npos && !is_number;
    if (has_user || is_number || !(uri.scheme.empty() || has_host(uri.scheme))) {
        uri.user = has_user ? text.substr(0, at) : text;
        const bool has_parts = has_user || is_number;
        uri.user = uri.user.substr(0, uri.user.find_first_of(has_parts ? ":;?" : ";?"));
        uri.user = sip::trim(uri.user);
    }
    if (has_user) {
        uri.host = host_of(text.substr(at + 1));
    } else if (uri.user.empty() && !is_number) {
        uri.host = host_of(text);
    }
    return uri;
}

NameAddr parse_name_addr(std::string_view value) noexcept {
    NameAddr result;
    value = sip::trim(value);
    const auto open = sip::find_unquoted(value, '<');
    const auto comma = sip::find_unquoted(value, ',');
    if (open == npos || comma < open) {
        result.uri = parse_uri(value.substr(0, value.find_first_of(";,")));
        return result;
    }
    result.name = sip::trim(value.substr(0, open));
    if (result.name.size() > 1 && result.name.starts_with('"') && result.name.ends_with('"')) {
        result.name = result.name.substr(1, result.name.size() - 2);
    }
    const auto rest = value.substr(open + 1);
    result.uri = parse_uri(rest.substr(0, rest.find('>')));
    return result;
}

std::string unescape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape = text[i] == '%' && i + 2 < text.size() &&
                               hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        if (!is_escape) {
            out += text[i];
            continue;
        }
        out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return out;
}

std::string unquote(std::string_view quoted) {
    std::string out;
    out.reserve(quoted.size());
    for (std::size_t i = 0; i < quoted.size(); ++i) {
        if (quoted[i] == '\\' && i + 1 < quoted.size()) ++i;
        out += quoted[i];
    }
    return out;
}

std::string number_of(std::string_view user) {
    user = sip::trim(user);
    if (wire::parse_address(user)) return {};  // dots of an IPv4 address separate no digits
    if (user.starts_with('+')) user.remove_prefix(1);
    std::string digits;
    for (std::size_t i = 0; i < user.size(); ++i) {
        const char c = user[i];
        // The trunk prefix of `+49 (0)30` is not dialled from abroad.
        if (c == '(' && !digits.empty() && user.substr(i).starts_with("(0)")) {
            i += 2;
            continue;
        }
        if (sip::is_digit(c)) {
            digits += c;
        } else if (!is_separator(c)) {
            return {};
        }
    }
    if (digits.size() > longest_number || digits.empty()) return {};
    const auto first = digits.find_first_not_of('0');
    return first == npos ? "0" : digits.substr(first);
}

bool same_number(std::string_view a, std::string_view b) noexcept {
    if (a.empty() || b.empty()) return false;
    if (a.size() > b.size()) std::swap(a, b);
    return a == b || (a.size() >= least_common_end && b.ends_with(a));
}

}  // namespace ci::calls
