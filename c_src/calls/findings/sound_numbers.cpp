#include "calls/findings/sound_numbers.h"

#include <cstdint>

#include "sip/text.h"

namespace ci::calls {

std::optional<double> decimal(std::string_view text) {
    text = sip::trim(text);
    const auto dot = text.find('.');
    const auto whole = sip::read_decimal<std::uint32_t>(text.substr(0, dot));
    if (!whole) return std::nullopt;
    if (dot == std::string_view::npos) return *whole;
    const auto digits = text.substr(dot + 1).substr(0, 3);
    const auto part = sip::read_decimal<std::uint32_t>(digits);
    if (!part) return std::nullopt;
    double scale = 1;
    for (std::size_t i = 0; i < digits.size(); ++i) scale *= 10;
    return *whole + *part / scale;
}

std::string_view value_of(std::string_view text, std::string_view name) {
    std::size_t at = 0;
    while ((at = text.find(name, at)) != std::string_view::npos) {
        const bool begins = at == 0 || sip::is_blank(text[at - 1]) || text[at - 1] == ';' ||
                            text[at - 1] == ':' || text[at - 1] == ',';
        const std::size_t behind = at + name.size();
        if (begins && behind < text.size() && text[behind] == '=') {
            const auto rest = text.substr(behind + 1);
            return rest.substr(0, rest.find_first_of(" \t\r\n;,"));
        }
        at = behind;
    }
    return {};
}

std::optional<double> mos_of(std::optional<double> value) {
    if (!value || *value <= 0) return std::nullopt;
    const double mos = *value > 5 ? *value / 100 : *value;
    return mos <= 5 ? std::optional(mos) : std::nullopt;
}

std::optional<double> percent(std::optional<double> value) {
    return value && *value <= 100 ? value : std::nullopt;
}

}  // namespace ci::calls
