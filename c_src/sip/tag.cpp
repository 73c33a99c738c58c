#include "sip/message.h"
#include "sip/params.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::sip {

std::string_view tag(std::string_view from_or_to) noexcept {
    using wire::npos;
    // RFC 3261 20.10: without angle brackets, parameters belong to the header, not to the URI.
    std::string_view params = from_or_to;
    if (const auto open = find_unquoted(from_or_to, '<'); open != npos) {
        const auto close = from_or_to.find('>', open);
        if (close == npos) return {};
        params = from_or_to.substr(close + 1);
    }
    const auto semicolon = find_unquoted(params, ';');
    if (semicolon == npos) return {};
    params.remove_prefix(semicolon + 1);
    while (const auto param = next_param(params)) {
        if (equal_without_case(param->name, "tag")) return param->value;
    }
    return {};
}

std::string_view from_tag(const Message& message) noexcept {
    return tag(find_header(message, "From", 'f'));
}

std::string_view to_tag(const Message& message) noexcept {
    return tag(find_header(message, "To", 't'));
}

}  // namespace ci::sip
