#include "calls/differences/header_values.h"

#include <algorithm>
#include <iterator>

#include "sip/text.h"

namespace ci::calls {
namespace {

/// A name with a compact form, or one whose value is a list (RFC 3261 7.3.1), or both.
struct KnownHeader {
    std::string_view name;
    char compact;
    bool is_list;
};
constexpr KnownHeader known_headers[] = {
    {"Via", 'v', true},
    {"Route", 0, true},
    {"Record-Route", 0, true},
    {"Path", 0, true},
    {"Service-Route", 0, true},
    {"Contact", 'm', true},
    {"Supported", 'k', true},
    {"Allow", 0, true},
    {"Allow-Events", 'u', true},
    {"Accept", 0, true},
    {"Require", 0, true},
    {"Proxy-Require", 0, true},
    {"Unsupported", 0, true},
    {"P-Asserted-Identity", 0, true},
    {"History-Info", 0, true},
    {"Diversion", 0, true},
    {"Accept-Contact", 'a', true},
    {"Reject-Contact", 'j', true},
    {"Referred-By", 'b', false},
    {"Content-Type", 'c', false},
    {"Request-Disposition", 'd', false},
    {"Content-Encoding", 'e', false},
    {"From", 'f', false},
    {"Call-ID", 'i', false},
    {"Content-Length", 'l', false},
    {"Identity-Info", 'n', false},
    {"Event", 'o', false},
    {"Refer-To", 'r', false},
    {"Subject", 's', false},
    {"To", 't', false},
    {"Session-Expires", 'x', false},
    {"Identity", 'y', false},
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
        if (known == nullptr || !known->is_list || header->value.empty()) {
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
