// Builds frames, layer by layer, inside out: ethernet(ipv4("10.0.0.1", "10.0.0.2", 17, udp(...))).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "wire/endpoint.h"

namespace ci::test {

inline std::string be16(std::size_t value) {
    return {static_cast<char>(value >> 8U & 0xffU), static_cast<char>(value & 0xffU)};
}
inline std::string be32(std::uint64_t value) {
    return be16(value >> 16U & 0xffffU) + be16(value & 0xffffU);
}

inline std::string ethertype(std::string_view ip) {
    return be16((static_cast<unsigned char>(ip.front()) >> 4U) == 6 ? 0x86dd : 0x0800);
}
inline std::string ethernet(const std::string& ip, std::initializer_list<std::size_t> tags = {}) {
    std::string frame(12, '\x02');
    for (const auto tag : tags) frame += be16(tag) + be16(100);
    return frame + ethertype(ip) + ip;
}
inline std::string cooked(const std::string& ip) {
    return be16(0) + be16(1) + be16(6) + std::string(8, '\0') + ethertype(ip) + ip;
}
inline std::string cooked2(const std::string& ip) {
    return ethertype(ip) + be16(0) + be32(2) + be16(1) + std::string(10, '\0') + ip;
}

inline std::string address(const std::string& text) {
    const auto parsed = *wire::parse_address(text);
    const std::size_t size = parsed.family == wire::Family::ipv4 ? 4 : 16;
    return {reinterpret_cast<const char*>(parsed.bytes.data()), size};
}

struct Part {
    std::size_t id = 7, offset = 0;
    bool more = false;
};

inline std::string ipv4(const std::string& from, const std::string& to, int protocol,
                        const std::string& payload, const Part& part = {},
                        const std::string& options = {}) {
    const std::size_t head = 20 + options.size();
    const std::size_t place = part.offset / 8 | (part.more ? 0x2000U : 0U);
    return std::string(1, static_cast<char>(0x40U | head / 4)) + '\0' +
           be16(head + payload.size()) + be16(part.id) + be16(place) + '\x40' +
           static_cast<char>(protocol) + be16(0) + address(from) + address(to) + options + payload;
}
inline std::string ipv6(const std::string& from, const std::string& to, int next,
                        const std::string& payload) {
    return be32(0x60000000) + be16(payload.size()) + static_cast<char>(next) + '\x40' +
           address(from) + address(to) + payload;
}
inline std::string ipv6_part(int next, const Part& part, const std::string& payload) {
    return std::string(1, static_cast<char>(next)) + '\0' +
           be16(part.offset | (part.more ? 1U : 0U)) + be32(part.id) + payload;
}
/// An IPv6 extension header of eight octets.
inline std::string extension(int next, const std::string& payload) {
    return std::string(1, static_cast<char>(next)) + std::string(7, '\0') + payload;
}

inline std::string udp(std::size_t from, std::size_t to, const std::string& payload) {
    return be16(from) + be16(to) + be16(8 + payload.size()) + be16(0) + payload;
}

enum TcpFlag : std::uint8_t { fin = 1, syn = 2, rst = 4, ack = 16 };

inline std::string tcp(std::size_t from, std::size_t to, std::uint32_t sequence, unsigned flags,
                       const std::string& payload, const std::string& options = {}) {
    return be16(from) + be16(to) + be32(sequence) + be32(0) +
           static_cast<char>((20 + options.size()) / 4 << 4U) + static_cast<char>(flags) +
           be16(1000) + be32(0) + options + payload;
}

/// `begin`: the chunk is its message's first; `end`: its last.
struct Chunk {
    std::uint32_t number;
    std::string payload;
    bool begin = true, end = true;
    std::size_t stream = 0;
};
inline std::string sctp_data(const Chunk& chunk) {
    const auto flags = static_cast<char>((chunk.begin ? 2 : 0) | (chunk.end ? 1 : 0));
    const std::size_t length = 16 + chunk.payload.size();
    return std::string(1, '\0') + flags + be16(length) + be32(chunk.number) + be16(chunk.stream) +
           be16(0) + be32(0) + chunk.payload + std::string((4 - length % 4) % 4, '\0');
}
inline std::string sctp(std::size_t from, std::size_t to, const std::string& chunks) {
    return be16(from) + be16(to) + be32(0x1234) + be32(0) + chunks;
}

struct FrameOf {
    unsigned opcode = 1;
    bool masked = false, last = true, compressed = false;
};
inline std::string ws_frame(const std::string& payload, const FrameOf& of = {}) {
    const std::string key = "\x81\x0a\x7e\xff";
    const std::size_t size = payload.size();
    std::string frame(
        1, static_cast<char>((of.last ? 0x80U : 0U) | (of.compressed ? 0x40U : 0U) | of.opcode));
    frame += static_cast<char>((of.masked ? 0x80U : 0U) | (size < 126      ? size
                                                           : size < 65'536 ? 126U
                                                                           : 127U));
    if (size >= 126 && size < 65'536) frame += be16(size);
    if (size >= 65'536) frame += be32(0) + be32(size);
    if (!of.masked) return frame + payload;
    frame += key;
    for (std::size_t i = 0; i < size; ++i) {
        frame += static_cast<char>(payload[i] ^ key[i % key.size()]);
    }
    return frame;
}

inline std::string hep3(const std::string& payload) {
    const std::string chunks = be16(0) + be16(1) + be16(7) + '\x02' + be16(0) + be16(15) +
                               be16(6 + payload.size()) + payload;
    return "HEP3" + be16(6 + chunks.size()) + chunks;
}

inline std::string sip_message(const std::string& call_id, const std::string& body = {}) {
    return "OPTIONS sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\n"
           "Call-ID: " +
           call_id + "\r\nCSeq: 1 OPTIONS\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

inline const std::string one = sip_message("1@x");
inline const std::string sip4 = ipv4("192.0.2.1", "192.0.2.2", 17, udp(5070, 5060, one));
inline const std::string sip6 = ipv6("2001:db8::1", "2001:db8::2", 17, udp(5070, 5060, one));

}  // namespace ci::test
