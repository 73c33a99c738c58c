#include "packets/preface.h"

#include <algorithm>

#include "sip/message.h"
#include "sip/text.h"
#include "wire/reader.h"
#include "wire/text.h"

namespace ci::packets {
namespace {

using wire::npos;
using Kind = Preface::Kind;

/// Kind::whole: `bytes` begin with `wanted`; Kind::more: they may once there are more of them.
Kind begins(std::string_view bytes, std::string_view wanted) {
    const auto both = std::min(bytes.size(), wanted.size());
    if (bytes.empty() || bytes.substr(0, both) != wanted.substr(0, both)) return Kind::none;
    return both == wanted.size() ? Kind::whole : Kind::more;
}

/// Whether `word` is in the comma-separated `list`.
bool has_word(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        if (sip::equal_without_case(sip::trim(list.substr(0, comma)), word)) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

bool upgrades(std::string_view headers) {
    while (const auto header = sip::next_header(headers)) {
        if (sip::is_named(*header, "Upgrade", 0) && has_word(header->value, "websocket"))
            return true;
    }
    return false;
}

Preface read_version_2(std::string_view bytes) {
    constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
    constexpr std::size_t head = 16;  // signature, version and command, family, length
    const Kind kind = begins(bytes, signature);
    if (kind != Kind::whole) return {kind, 0};
    if (bytes.size() < head) return {Kind::more, 0};
    if ((static_cast<unsigned char>(bytes[12]) >> 4U) != 2) return {};
    const std::size_t size = head + wire::be_at<std::uint16_t>(wire::as_bytes(bytes), 14);
    if (bytes.size() < size) return {Kind::more, 0};
    return {Kind::whole, size};
}

}  // namespace

Preface read_proxy_head(std::string_view bytes) noexcept {
    constexpr std::size_t most = 256;  // version 1 has at most 107 octets
    const Kind kind = begins(bytes, "PROXY ");
    if (kind == Kind::none) return read_version_2(bytes);
    const auto end = bytes.substr(0, most).find('\n');
    if (end != npos && kind == Kind::whole) return {Kind::whole, end + 1};
    return {bytes.size() < most ? Kind::more : Kind::none, 0};
}

Preface read_upgrade(std::string_view bytes) noexcept {
    constexpr std::size_t most = std::size_t{16} * 1'024;
    const Kind request = begins(bytes, "GET ");
    const Kind answer = begins(bytes, "HTTP/1.1 101");
    if (request == Kind::none && answer == Kind::none) return {};
    if (request == Kind::more || answer == Kind::more) return {Kind::more, 0};
    const auto end = bytes.substr(0, most).find("\r\n\r\n");
    if (end == npos) return {bytes.size() < most ? Kind::more : Kind::none, 0};
    const auto head = bytes.substr(0, end + 2);
    if (!upgrades(head.substr(head.find('\n') + 1))) return {};
    return {Kind::whole, end + 4};
}

}  // namespace ci::packets
