#include "intake/plain_sip.h"

#include <charconv>

#include "hep/stamp.h"
#include "sip/lines.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::intake {
namespace {

using wire::npos;

/// HEP's numbers: IP protocols, and 22 and 50 for protocols over TCP.
std::uint8_t protocol_number(std::string_view name) {
    struct Protocol {
        std::string_view name;
        std::uint8_t number;
    };
    constexpr Protocol protocols[] = {{"udp", 17},   {"tcp", 6}, {"tls", 22},
                                      {"sctp", 132}, {"ws", 50}, {"wss", 50}};
    for (const auto& protocol : protocols) {
        if (sip::equal_without_case(name, protocol.name)) return protocol.number;
    }
    return 0;
}

/// "udp:192.0.2.1:5060", IPv6 with and without brackets.
void read_address(std::string_view value, std::uint8_t& protocol, wire::Endpoint& endpoint) {
    const auto first = value.find(':');
    const auto last = value.rfind(':');
    if (first == npos || first == last) return;
    const auto address = wire::parse_address(value.substr(first + 1, last - first - 1));
    const auto port = wire::parse_port(value.substr(last + 1));
    if (!address || !port) return;
    protocol = protocol_number(value.substr(0, first));
    endpoint = {*address, *port};
}

/// Reads "1795225988 208825"; "0 0" means no time.
void read_time(std::string_view value, hep::Capture& capture) {
    const auto seconds = sip::read_decimal<std::uint32_t>(sip::next_word(value));
    const auto micros = sip::read_decimal<std::uint32_t>(value);
    const bool is_read = seconds && micros;
    if (is_read) capture.captured_at = hep::stamp(*seconds, *micros);
    capture.bad_time = !is_read || (*seconds != 0 && !capture.captured_at);
}

/// False: the header is not one of the five.
bool read_header(const sip::Header& header, PlainSip& plain) {
    constexpr std::string_view prefix = "X-Siptrace-";
    if (header.name.size() <= prefix.size() ||
        !sip::equal_without_case(header.name.substr(0, prefix.size()), prefix)) {
        return false;
    }
    const auto name = header.name.substr(prefix.size());
    hep::Capture& capture = plain.capture;
    if (sip::equal_without_case(name, "Fromip")) {
        read_address(header.value, capture.ip_protocol, capture.source);
    } else if (sip::equal_without_case(name, "Toip")) {
        read_address(header.value, capture.ip_protocol, capture.destination);
    } else if (sip::equal_without_case(name, "Time")) {
        read_time(header.value, capture);
    } else if (sip::equal_without_case(name, "Dir")) {
        if (header.value == "in" || header.value == "out") plain.direction = header.value;
    } else {
        return sip::equal_without_case(name, "Method");
    }
    return true;
}

}  // namespace

PlainSip read_plain_sip(const wire::Datagram& datagram, std::string& stripped) {
    PlainSip plain;
    plain.capture.source = datagram.peer;
    plain.capture.destination = datagram.local;
    plain.capture.payload_type = hep::PayloadType::sip;
    plain.capture.size = datagram.bytes.size();
    if (datagram.captured) {
        plain.capture.captured_at = datagram.captured->at;
        plain.capture.ip_protocol = datagram.captured->protocol;
    }
    const auto bytes = wire::as_text(datagram.bytes);
    plain.capture.payload = bytes;
    const auto message = sip::parse(bytes);
    if (!message) return plain;

    // The text around the five headers is kept unchanged.
    std::size_t kept_to = 0;
    const auto headers_at = static_cast<std::size_t>(message->headers.data() - bytes.data());
    stripped.clear();
    sip::Lines lines(message->headers);
    while (!lines.at_end()) {
        const auto begin = headers_at + lines.at();
        auto line = lines.next();
        const auto header = sip::next_header(line);
        if (!header || !read_header(*header, plain)) continue;
        stripped += bytes.substr(kept_to, begin - kept_to);
        kept_to = headers_at + lines.at();
    }
    if (kept_to == 0) return plain;
    plain.is_mirror = true;
    stripped += bytes.substr(kept_to);
    plain.capture.payload = stripped;
    return plain;
}

}  // namespace ci::intake
