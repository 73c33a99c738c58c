#include "sip/params.h"

#include "sip/text.h"
#include "wire/text.h"

namespace ci::sip {
namespace {

using wire::npos;

/// The quote that closes the one at `open`; npos: none.
std::size_t closing_quote(std::string_view text, std::size_t open) noexcept {
    for (std::size_t i = open + 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return i;
        }
    }
    return npos;
}

}  // namespace

std::size_t find_unquoted(std::string_view text, char wanted) noexcept {
    // Most values have no quotes, and a search for one character is faster than a loop over all.
    const auto first = text.find(wanted);
    if (text.substr(0, first).find('"') == npos) return first;
    bool quotes_close = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == wanted) return i;
        if (text[i] != '"' || !quotes_close) continue;
        if (i > 0 && text[i - 1] == '\\') continue;
        const auto close = closing_quote(text, i);
        quotes_close = close != npos;  // no further search: many unclosed quotes stay linear
        if (quotes_close) i = close;
    }
    return npos;
}

std::optional<Param> next_param(std::string_view& params) noexcept {
    while (!params.empty()) {
        const auto semicolon = find_unquoted(params, ';');
        const auto param = trim(params.substr(0, semicolon));
        params = semicolon == npos ? std::string_view{} : params.substr(semicolon + 1);
        if (param.empty()) continue;
        const auto equals = param.find('=');
        if (equals == npos) return Param{param, {}};
        return Param{trim_right(param.substr(0, equals)), trim_left(param.substr(equals + 1))};
    }
    return std::nullopt;
}

}  // namespace ci::sip
