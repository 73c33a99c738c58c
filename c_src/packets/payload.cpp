#include "packets/payload.h"

#include <cstddef>

#include "packets/octets.h"
#include "sip/text.h"
#include "wire/reader.h"
#include "wire/text.h"

namespace ci::packets {
namespace {

using wire::npos;

bool is_hep(std::string_view payload) {
    if (payload.starts_with("HEP3") || payload.starts_with("EEP1")) return true;
    // HEP 1 and 2: version, length of the header, address family.
    return payload.size() > 16 && (octet(payload, 0) == 1 || octet(payload, 0) == 2) &&
           (octet(payload, 2) == 2 || octet(payload, 2) == 10) && payload.find("SIP/2.0") != npos;
}

bool is_stun(std::string_view payload) {
    constexpr std::string_view cookie = "\x21\x12\xa4\x42";  // RFC 5389 6
    return payload.size() >= 20 && payload.substr(4, 4) == cookie;
}

/// A record: its kind (20 to 24), version, length (RFC 8446 5.1); DTLS: version, epoch, number,
/// length (RFC 6347 4.1).
bool is_tls(std::string_view payload) {
    constexpr std::size_t dtls_head = 13;
    constexpr std::size_t most = 16'384 + 2'048;
    if (payload.size() < 5 || octet(payload, 0) < 20 || octet(payload, 0) > 24) return false;
    const auto bytes = wire::as_bytes(payload);
    const std::size_t version = wire::be_at<std::uint16_t>(bytes, 1);
    if (version >= 0x0300 && version <= 0x0304) {
        const std::size_t length = wire::be_at<std::uint16_t>(bytes, 3);
        return length > 0 && length <= most;
    }
    if (version != 0xfeff && version != 0xfefd) return false;
    return payload.size() > dtls_head &&
           wire::be_at<std::uint16_t>(bytes, dtls_head - 2) <= payload.size() - dtls_head;
}

}  // namespace

bool is_keepalive(std::string_view payload) noexcept {
    constexpr std::string_view line_ends("\r\n\0 \t", 5);
    return payload.find_first_not_of(line_ends) == npos || payload == "jaK";
}

bool is_http(std::string_view payload) noexcept {
    if (payload.starts_with("HTTP/1.")) return true;
    constexpr std::string_view version = " HTTP/1.";
    const auto end = payload.find('\n');
    if (end == npos || !sip::is_upper(payload.front())) return false;
    const auto line = sip::trim_right(payload.substr(0, end));
    return line.size() > version.size() &&
           line.substr(line.size() - version.size() - 1, version.size()) == version;
}

Fate fate_of(std::string_view payload) noexcept {
    if (is_keepalive(payload)) return Fate::keepalive;
    if (is_hep(payload)) return Fate::hep;
    if (is_stun(payload)) return Fate::stun;
    if (is_tls(payload)) return Fate::tls;
    if (is_http(payload)) return Fate::http;
    return Fate::not_sip;
}

}  // namespace ci::packets
