#include <algorithm>

#include "calls/evidence_parts.h"
#include "calls/hosts.h"
#include "sip/params.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::calls {
namespace {

using wire::npos;

constexpr std::size_t compared_digits = 7;

std::string_view without_port(std::string_view host) noexcept {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

int hex_digit(char c) noexcept {
    if (sip::is_digit(c)) return c - '0';
    c = sip::to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// A global or local number (RFC 3966 3): digits, and separators that do not count.
bool is_number(std::string_view user) noexcept {
    const auto fits = [](char c) {
        return sip::is_digit(c) || std::string_view("+-.() *#").find(c) != npos;
    };
    return std::all_of(user.begin(), user.end(), fits) &&
           std::any_of(user.begin(), user.end(), sip::is_digit);
}

}  // namespace

UriParts uri_parts(std::string_view text) noexcept {
    text = sip::trim(text);
    if (const auto open = sip::find_unquoted(text, '<'); open != npos) {
        text = text.substr(open + 1);
        text = text.substr(0, text.find('>'));
    } else if (text.find('?') == npos) {
        text = text.substr(0, text.find(';'));  // parameters of the header (RFC 3261 20.10)
    }
    UriParts parts;
    const auto colon = text.find(':');
    if (colon == npos) return parts;
    const bool is_tel = sip::equal_without_case(text.substr(0, colon), "tel");
    text.remove_prefix(colon + 1);
    if (const auto question = text.find('?'); question != npos) {
        parts.headers = text.substr(question + 1);
        text = text.substr(0, question);
    }
    if (const auto at = text.rfind('@'); at != npos && !is_tel) {
        parts.user = text.substr(0, at);
        parts.host = without_port(text.substr(at + 1, text.find(';', at) - at - 1));
    } else if (is_tel) {
        parts.user = text;
    } else {
        parts.host = without_port(text.substr(0, text.find(';')));
    }
    // A password, or parameters of the number (RFC 3261 19.1.6).
    parts.user = parts.user.substr(0, parts.user.find_first_of(";:"));
    return parts;
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string comparable_user(std::string_view user) {
    std::string name = unescaped(user);
    if (is_number(name)) {
        std::erase_if(name, [](char c) { return !sip::is_digit(c); });
        return name.substr(name.size() - std::min(name.size(), compared_digits));
    }
    std::transform(name.begin(), name.end(), name.begin(), sip::to_lower);
    const bool is_hidden = name == "anonymous" || name == "unknown" || name == "restricted" ||
                           name == "unavailable" || name == "private";
    return is_hidden ? std::string() : name;
}

std::string host_name(const wire::Address& address, const Rules& rules) {
    const auto name = name_of(address, rules.hosts);
    return name.empty() ? wire::to_string(address) : std::string(name);
}

wire::Address origin_of(const sip::Message& message, const Sighting& sighting) {
    const auto vias = sip::vias(message);
    if (vias.size() == 1) return sighting.src;
    if (vias.empty()) return {};
    const sip::Via& last = vias.back();
    const auto text = last.received.empty() ? without_port(last.sent_by) : last.received;
    return wire::parse_address(text).value_or(wire::Address{});
}

}  // namespace ci::calls
