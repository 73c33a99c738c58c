#include "logs/colours.h"

#include "sip/text.h"
#include "wire/text.h"

namespace ci::logs {

std::string without_colours(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const auto at = text.find(escape);
        plain += text.substr(0, at);
        if (at == wire::npos) break;
        auto end = at + 1;
        if (end < text.size() && text[end] == '[') {
            ++end;
            while (end < text.size() && (sip::is_digit(text[end]) || text[end] == ';')) ++end;
        }
        if (end < text.size() && text[end] == 'm') {
            text.remove_prefix(end + 1);
        } else {
            plain += escape;
            text.remove_prefix(at + 1);
        }
    }
    return plain;
}

}  // namespace ci::logs
