#include <cstddef>

#include "sip/header.h"
#include "sip/lines.h"
#include "sip/params.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::sip {
namespace {

using wire::npos;

/// RFC 3261 20.42: SIP SLASH 2.0 SLASH transport LWS host [COLON port] *( SEMI param )
Via read_via(std::string_view text) noexcept {
    Via via;
    via.text = text;
    const auto params_at = find_unquoted(text, ';');
    auto params = params_at == npos ? std::string_view{} : text.substr(params_at + 1);
    auto rest = text.substr(0, params_at);
    for (int slashes = 0; slashes < 2; ++slashes) {
        const auto slash = rest.find('/');
        if (slash == npos) return via;
        rest = trim_left(rest.substr(slash + 1));
    }
    via.transport = next_word(rest);
    via.sent_by = trim_right(rest);
    while (const auto param = next_param(params)) {
        if (equal_without_case(param->name, "branch")) via.branch = param->value;
        if (equal_without_case(param->name, "received")) via.received = param->value;
        if (equal_without_case(param->name, "rport")) via.rport = param->value;
    }
    return via;
}

}  // namespace

std::vector<Via> vias(const Message& message) {
    std::vector<Via> found;
    Lines lines(message.headers);
    while (!lines.at_end()) {
        const auto header = split_header(lines.next());
        if (!header || !is_named(*header, "Via", 'v')) continue;
        auto rest = header->value;
        while (!rest.empty()) {
            const auto comma = find_unquoted(rest, ',');
            const auto one = trim(rest.substr(0, comma));
            if (!one.empty()) found.push_back(read_via(one));
            rest = comma == npos ? std::string_view{} : rest.substr(comma + 1);
        }
    }
    return found;
}

}  // namespace ci::sip
