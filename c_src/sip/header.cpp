#include "sip/header.h"

#include "sip/lines.h"
#include "sip/text.h"

namespace ci::sip {

std::optional<Header> split_header(std::string_view line) noexcept {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto name = trim_right(line.substr(0, colon));
    if (name.empty()) return std::nullopt;
    return Header{name, trim(line.substr(colon + 1))};
}

std::optional<Header> next_header(std::string_view& headers) noexcept {
    Lines lines(headers);
    while (!lines.at_end()) {
        const auto header = split_header(lines.next());
        if (!header) continue;
        headers.remove_prefix(lines.at());
        return header;
    }
    headers.remove_prefix(headers.size());
    return std::nullopt;
}

bool is_named(const Header& header, std::string_view name, char compact) noexcept {
    if (header.name.size() == 1 && compact != 0) return to_lower(header.name[0]) == compact;
    return equal_without_case(header.name, name);
}

std::string_view find_header(const Message& message, std::string_view name, char compact) noexcept {
    Lines lines(message.headers);
    while (!lines.at_end()) {
        const auto header = split_header(lines.next());
        if (header && is_named(*header, name, compact)) return header->value;
    }
    return {};
}

}  // namespace ci::sip
