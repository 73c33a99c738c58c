#include "packets/synthesis/internet.h"

#include <algorithm>

namespace ci::synthesis {
namespace {

using wire::Address;
using wire::Family;

std::size_t size_of(const Address& address) {
    return address.family == Family::ipv6 ? 16 : 4;
}

void append_address(const Address& address, std::string& out) {
    for (std::size_t i = 0; i < size_of(address); ++i) {
        out += static_cast<char>(address.bytes.at(i));
    }
}

Address in_family(const Address& address, Family family) {
    if (address.family == family) return address;
    Address other;
    other.family = family;
    if (family == Family::ipv6 && address.family == Family::ipv4) {
        other.bytes[10] = other.bytes[11] = 0xff;
        std::copy_n(address.bytes.begin(), 4, other.bytes.begin() + 12);
    }
    return other;
}

/// Adds 16-bit words, the last one filled up by a zero (RFC 1071).
std::uint32_t add_words(std::string_view bytes, std::uint32_t sum) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto octet = static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
        sum += i % 2 == 0 ? octet << 8U : octet;
    }
    return sum;
}

std::uint16_t complement(std::uint32_t sum) {
    while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
    return static_cast<std::uint16_t>(~sum);
}

/// A locally administered address (IEEE 802 8.2) that is the same wherever the host appears.
void append_link_address(const Address& address, std::string& out) {
    std::string octets;
    append_address(address, octets);
    std::string four(4, '\0');
    for (std::size_t i = 0; i < octets.size(); ++i) {
        four[i % 4] = static_cast<char>(four[i % 4] ^ octets[i]);
    }
    out += '\x02';
    out += '\xca';  // none of those that a card's maker or a cluster has
    out += four;
}

void append_link(const Path& path, std::string& out) {
    constexpr std::uint16_t ipv4 = 0x0800, ipv6 = 0x86dd;
    append_link_address(path.destination, out);
    append_link_address(path.source, out);
    append_16(path.is_ipv6() ? ipv6 : ipv4, out);
}

/// Where in its datagram a packet's payload is.
struct Part {
    std::size_t offset = 0;
    bool more = false;
};

constexpr char hops = 64;

void append_ipv4(const Path& path, std::uint8_t protocol, std::size_t length, std::uint32_t id,
                 const Part& part, std::string& out) {
    constexpr std::size_t more_fragments = 0x2000;
    const std::size_t begin = out.size();
    append_16(0x4500, out);
    append_16(path.header() + length, out);
    append_16(id, out);
    append_16((part.more ? more_fragments : 0) | part.offset / 8, out);
    out += hops;
    out += static_cast<char>(protocol);
    append_16(0, out);
    append_address(path.source, out);
    append_address(path.destination, out);
    const std::uint16_t sum = complement(add_words(std::string_view(out).substr(begin), 0));
    out[begin + 10] = static_cast<char>(sum >> 8U);
    out[begin + 11] = static_cast<char>(sum);
}

void append_ipv6(const Path& path, std::uint8_t protocol, std::size_t length, std::string& out) {
    append_32(0x6000'0000, out);
    append_16(length, out);
    out += static_cast<char>(protocol);
    out += hops;
    append_address(path.source, out);
    append_address(path.destination, out);
}

/// IPv6 has the place of a fragment in a header of its own (RFC 8200 4.5).
void append_fragment_header(std::uint8_t protocol, std::uint32_t id, const Part& part,
                            std::string& out) {
    out += static_cast<char>(protocol);
    out += '\0';
    append_16(part.offset | (part.more ? 1U : 0U), out);
    append_32(id, out);
}

}  // namespace

void append_16(std::uint64_t value, std::string& out) {
    out += static_cast<char>(value >> 8U & 0xffU);
    out += static_cast<char>(value & 0xffU);
}

void append_32(std::uint64_t value, std::string& out) {
    append_16(value >> 16U, out);
    append_16(value, out);
}

Path::Path(const Address& from, const Address& to) {
    const bool is_any_ipv6 = from.family == Family::ipv6 || to.family == Family::ipv6;
    const Family family = is_any_ipv6 ? Family::ipv6 : Family::ipv4;
    source = in_family(from, family);
    destination = in_family(to, family);
}

std::uint16_t transport_checksum(const Path& path, std::uint8_t protocol, std::string_view bytes,
                                 std::size_t length) {
    std::string pseudo;
    append_address(path.source, pseudo);
    append_address(path.destination, pseudo);
    append_32(length, pseudo);
    append_32(protocol, pseudo);
    return complement(add_words(bytes, add_words(pseudo, 0)));
}

std::uint32_t Identification::next() noexcept {
    constexpr std::uint32_t most = 0xffff;
    last_ = last_ % most + 1;
    return last_;
}

std::vector<std::string> frames_of(const Path& path, std::uint8_t protocol,
                                   std::string_view payload, std::size_t missing,
                                   Identification& identification) {
    constexpr std::uint8_t fragment_protocol = 44;
    constexpr std::size_t fragment_header = 8;
    const std::uint32_t id = identification.next();
    std::vector<std::string> frames;
    const std::size_t room = mtu - path.header();
    if (payload.size() <= room || missing > 0) {
        std::string& frame = frames.emplace_back();
        append_link(path, frame);
        const std::size_t length = payload.size() + missing;
        if (path.is_ipv6()) {
            append_ipv6(path, protocol, length, frame);
        } else {
            append_ipv4(path, protocol, length, id, {}, frame);
        }
        frame += payload;
        return frames;
    }
    const std::size_t step = (room - (path.is_ipv6() ? fragment_header : 0)) / 8 * 8;
    for (std::size_t at = 0; at < payload.size(); at += step) {
        const std::string_view piece = payload.substr(at, step);
        const Part part{at, at + piece.size() < payload.size()};
        std::string& frame = frames.emplace_back();
        append_link(path, frame);
        if (path.is_ipv6()) {
            append_ipv6(path, fragment_protocol, fragment_header + piece.size(), frame);
            append_fragment_header(protocol, id, part, frame);
        } else {
            append_ipv4(path, protocol, piece.size(), id, part, frame);
        }
        frame += piece;
    }
    return frames;
}

}  // namespace ci::synthesis
