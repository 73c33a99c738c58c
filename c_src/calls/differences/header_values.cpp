#include "calls/differences/header_values.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "sip/text.h"

namespace ci::calls {
namespace {

enum class Form : std::uint8_t {
    one,   ///< one value a header
    list,  ///< one or several (RFC 3261 7.3.1)
    words  ///< likewise, and their order means nothing
};

/// A name with a compact form, or one whose value is a list, or both.
struct KnownHeader {
    std::string_view name;
    char compact;
    Form form;
};
constexpr KnownHeader known_headers[] = {
    {"Via", 'v', Form::list},
    {"Route", 0, Form::list},
    {"Record-Route", 0, Form::list},
    {"Path", 0, Form::list},
    {"Service-Route", 0, Form::list},
    {"Contact", 'm', Form::list},
    {"Supported", 'k', Form::words},
    {"Allow", 0, Form::words},
    {"Allow-Events", 'u', Form::words},
    {"Accept", 0, Form::words},
    {"Require", 0, Form::words},
    {"Proxy-Require", 0, Form::words},
    {"Unsupported", 0, Form::words},
    {"P-Asserted-Identity", 0, Form::list},
    {"History-Info", 0, Form::list},
    {"Diversion", 0, Form::list},
    {"Accept-Contact", 'a', Form::list},
    {"Reject-Contact", 'j', Form::list},
    {"Referred-By", 'b', Form::one},
    {"Content-Type", 'c', Form::one},
    {"Request-Disposition", 'd', Form::one},
    {"Content-Encoding", 'e', Form::one},
    {"From", 'f', Form::one},
    {"Call-ID", 'i', Form::one},
    {"Content-Length", 'l', Form::one},
    {"Identity-Info", 'n', Form::one},
    {"Event", 'o', Form::one},
    {"Refer-To", 'r', Form::one},
    {"Subject", 's', Form::one},
    {"To", 't', Form::one},
    {"Session-Expires", 'x', Form::one},
    {"Identity", 'y', Form::one},
};

const KnownHeader* find_known(const sip::Header& header) {
    const auto* found = std::find_if(
        std::begin(known_headers), std::end(known_headers),
        [&](const KnownHeader& one) { return is_named(header, one.name, one.compact); });
    return found == std::end(known_headers) ? nullptr : found;
}

std::string unfolded(std::string_view text) {
    std::string out;
    for (const char c : sip::trim(text)) {
        if (!sip::is_blank(c)) {
            out += c;
        } else if (out.back() != ' ') {
            out += ' ';
        }
    }
    return out;
}

/// Takes the text up to the next comma outside of quotes and angle brackets off the front.
std::string_view next_element(std::string_view& list) {
    bool in_quotes = false, in_brackets = false;
    std::size_t end = 0;
    for (; end < list.size(); ++end) {
        const char c = list[end];
        if (c == '\\' && in_quotes) {
            ++end;
        } else if (c == '"') {
            in_quotes = !in_quotes;
        } else if (!in_quotes && (c == '<' || c == '>')) {
            in_brackets = c == '<';
        } else if (c == ',' && !in_quotes && !in_brackets) {
            break;
        }
    }
    end = std::min(end, list.size());
    const auto element = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    return element;
}

}  // namespace

std::vector<HeaderValue> header_values(const sip::Message& message) {
    std::vector<HeaderValue> values;
    std::string_view rest = message.headers;
    while (const auto header = sip::next_header(rest)) {
        const KnownHeader* const known = find_known(*header);
        HeaderValue one;
        one.name = known != nullptr ? known->name : sip::trim(header->name);
        one.key = one.name;
        for (char& c : one.key) c = sip::to_lower(c);
        one.is_word = known != nullptr && known->form == Form::words;
        if (known == nullptr || known->form == Form::one || header->value.empty()) {
            one.value = unfolded(header->value);
            values.push_back(std::move(one));
            continue;
        }
        for (std::string_view list = header->value; !list.empty();) {
            one.value = unfolded(next_element(list));
            values.push_back(one);
        }
    }
    return values;
}

}  // namespace ci::calls
