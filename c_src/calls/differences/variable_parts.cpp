#include "calls/differences/variable_parts.h"

#include <algorithm>
#include <iterator>

#include "sip/text.h"
#include "wire/text.h"

namespace ci::calls {
namespace {

using wire::npos;

/// Headers whose values tell nothing of what was asked for.
constexpr std::string_view new_in_each_call[] = {"call-id",
                                                 "date",
                                                 "content-length",
                                                 "authorization",
                                                 "www-authenticate",
                                                 "session-id",
                                                 "proxy-authorization",
                                                 "proxy-authenticate",
                                                 "timestamp",
                                                 "identity",
                                                 "authentication-info",
                                                 "p-charging-vector",
                                                 "rseq",
                                                 "rack"};

/// Parameters, of headers and of URIs in them.
constexpr std::string_view new_parameters[] = {"branch", "tag", "rport", "ftag", "did", "epid"};

/// Attributes of SDP that are made anew for each session.
constexpr std::string_view new_attributes[] = {
    "rtcp",        "candidate", "ssrc",  "ssrc-group", "ice-ufrag", "ice-pwd",
    "fingerprint", "msid",      "cname", "mid",        "key-mgmt",  "remote-candidates"};

template <std::size_t n>
bool is_one_of(const std::string_view (&names)[n], std::string_view name) {
    return std::any_of(std::begin(names), std::end(names),
                       [&](std::string_view one) { return sip::equal_without_case(one, name); });
}

std::string without_new_parameters(std::string_view value) {
    constexpr std::string_view ends = ";,>?& \t\r\n";
    std::string out;
    while (!value.empty()) {
        const auto begin = value.find_first_of(";&?");
        if (begin == npos) break;
        out += value.substr(0, begin + 1);
        value.remove_prefix(begin + 1);
        const auto equals = value.find('=');
        if (equals == npos) break;
        if (!is_one_of(new_parameters, sip::trim(value.substr(0, equals)))) continue;
        out += value.substr(0, equals + 1);
        out += '*';
        value.remove_prefix(std::min(value.find_first_of(ends, equals), value.size()));
    }
    out += value;
    return out;
}

std::string origin_without_numbers(std::string_view value) {
    const auto user = sip::next_word(value);
    (void)sip::next_word(value);  // session
    (void)sip::next_word(value);  // version
    return "o=" + std::string(user) + " * * " + std::string(value);
}

std::string stream_without_port(std::string_view line) {
    std::string_view rest = line.substr(2);
    const auto media = sip::next_word(rest);
    const auto port = sip::next_word(rest);
    if (port == "0") return std::string(line);
    return "m=" + std::string(media) + " * " + std::string(rest);
}

}  // namespace

std::string constant_part_of_header(std::string_view name, std::string_view value,
                                    std::span<const std::string> call_id_headers) {
    const bool names_leg = std::any_of(
        call_id_headers.begin(), call_id_headers.end(),
        [&](const std::string& header) { return sip::equal_without_case(header, name); });
    if (names_leg || is_one_of(new_in_each_call, name)) return "*";
    if (name == "cseq") {
        (void)sip::next_word(value);
        return "* " + std::string(value);
    }
    return without_new_parameters(value);
}

std::string constant_part_of_sdp(std::string_view line) {
    if (line.starts_with("o=")) return origin_without_numbers(line.substr(2));
    if (line.starts_with("m=")) return stream_without_port(line);
    if (!line.starts_with("a=")) return std::string(line);
    const auto colon = line.find(':');
    if (colon == npos) return std::string(line);
    if (is_one_of(new_attributes, line.substr(2, colon - 2))) {
        return std::string(line.substr(0, colon + 1)) + "*";
    }
    const auto key = line.find("inline:");  // RFC 4568 9.2; the cipher in front of it stays
    return key == npos ? std::string(line) : std::string(line.substr(0, key)) + "inline:*";
}

}  // namespace ci::calls
