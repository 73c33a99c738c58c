#include "hep/encode.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "hep/hep12.h"
#include "hep/hep3.h"

namespace ci::hep {
namespace {

constexpr std::uint8_t linux_ipv4 = 2;
constexpr std::uint8_t linux_ipv6 = 10;

template <class Int>
void put_be(Int value, std::string& out) {
    for (std::size_t i = sizeof(Int); i-- > 0;) {
        out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
    }
}

template <class Int>
void put_le(Int value, std::string& out) {
    for (std::size_t i = 0; i < sizeof(Int); ++i) {
        out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
    }
}

void put_address(const wire::Address& address, std::size_t size, std::string& out) {
    if (size == 16 && address.family == wire::Family::ipv4) {  // IPv4-mapped (RFC 4291 2.5.5.2)
        out.append(10, '\0').append(2, '\xff');
        size = 4;
    }
    std::transform(address.bytes.begin(), address.bytes.begin() + static_cast<std::ptrdiff_t>(size),
                   std::back_inserter(out), [](std::uint8_t b) { return static_cast<char>(b); });
}

/// The two fields of a time; both 0 if there is none.
struct Time {
    std::uint32_t seconds = 0, micros = 0;
};

std::optional<Time> split_time(std::optional<wire::Micros> micros) noexcept {
    if (!micros) return Time{};
    const auto seconds = *micros / 1'000'000;
    if (*micros < 0 || seconds > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return Time{static_cast<std::uint32_t>(seconds),
                static_cast<std::uint32_t>(*micros % 1'000'000)};
}

std::optional<std::string> encode_hep12(const Capture& capture, const Time& time) {
    const bool is_ipv6 = capture.source.address.family == wire::Family::ipv6 ||
                         capture.destination.address.family == wire::Family::ipv6;
    if (capture.payload_type != PayloadType::sip || capture.compressed || capture.payload.empty()) {
        return std::nullopt;
    }
    const std::size_t address_size = is_ipv6 ? 16 : 4;
    const std::size_t head = hep12_addresses_at + 2 * address_size;

    std::string out;
    out.push_back(static_cast<char>(capture.version));
    out.push_back(static_cast<char>(head));  // like Kamailio, without counting the time block
    out.push_back(static_cast<char>(is_ipv6 ? linux_ipv6 : linux_ipv4));
    out.push_back(static_cast<char>(capture.ip_protocol));
    put_be(capture.source.port, out);
    put_be(capture.destination.port, out);
    put_address(capture.source.address, address_size, out);
    put_address(capture.destination.address, address_size, out);
    if (capture.version == 2) {
        const auto id = capture.capture_id.value_or(0);
        if (id > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
        put_le(time.seconds, out);
        put_le(time.micros, out);
        put_le(static_cast<std::uint16_t>(id), out);
        put_le(std::uint16_t{0}, out);
    }
    out += capture.payload;
    return out;
}

void put_head(FieldType type, std::size_t size, std::string& out) {
    put_be(std::uint16_t{0}, out);  // the generic vendor
    put_be(static_cast<std::uint16_t>(type), out);
    put_be(static_cast<std::uint16_t>(hep3_field_head + size), out);
}

template <class Int>
void put_number(FieldType type, Int value, std::string& out) {
    put_head(type, sizeof(Int), out);
    put_be(value, out);
}

void put_text(FieldType type, std::string_view text, std::string& out) {
    put_head(type, text.size(), out);
    out += text;
}

void put_endpoint_address(const wire::Address& address, FieldType ipv4, FieldType ipv6,
                          std::string& out) {
    if (address.family == wire::Family::none) return;
    const bool is_ipv6 = address.family == wire::Family::ipv6;
    const std::size_t size = is_ipv6 ? 16 : 4;
    put_head(is_ipv6 ? ipv6 : ipv4, size, out);
    put_address(address, size, out);
}

std::optional<std::string> encode_hep3(const Capture& capture, const Time& time) {
    // A field's length must fit 16 bits.
    const auto texts = capture.payload.size() + capture.correlation_id.size() +
                       capture.agent_name.size() + capture.links.size();
    if (texts > hep3_largest) return std::nullopt;

    std::string out = "HEP3";
    put_be(std::uint16_t{0}, out);  // the length, known at the end
    const bool is_ipv6 = capture.source.address.family == wire::Family::ipv6;
    put_number(FieldType::ip_family, is_ipv6 ? linux_ipv6 : linux_ipv4, out);
    put_number(FieldType::ip_protocol, capture.ip_protocol, out);
    put_endpoint_address(capture.source.address, FieldType::ipv4_source, FieldType::ipv6_source,
                         out);
    put_endpoint_address(capture.destination.address, FieldType::ipv4_destination,
                         FieldType::ipv6_destination, out);
    put_number(FieldType::source_port, capture.source.port, out);
    put_number(FieldType::destination_port, capture.destination.port, out);
    if (capture.captured_at) {
        put_number(FieldType::seconds, time.seconds, out);
        put_number(FieldType::micros, time.micros, out);
    }
    if (capture.payload_type) {
        put_number(FieldType::payload_type, static_cast<std::uint8_t>(*capture.payload_type), out);
    }
    if (capture.capture_id) {
        put_number(FieldType::capture_id, *capture.capture_id, out);
    }
    if (!capture.agent_name.empty()) put_text(FieldType::agent_name, capture.agent_name, out);
    if (!capture.correlation_id.empty()) {
        put_text(FieldType::correlation_id, capture.correlation_id, out);
    }
    if (!capture.links.empty()) put_text(FieldType::links, capture.links, out);
    put_text(capture.compressed ? FieldType::compressed_payload : FieldType::payload,
             capture.payload, out);
    if (out.size() > hep3_largest) return std::nullopt;
    out[4] = static_cast<char>(out.size() >> 8U);
    out[5] = static_cast<char>(out.size() & 0xffU);
    return out;
}

}  // namespace

std::optional<std::string> encode(const Capture& capture) {
    const auto time = split_time(capture.captured_at);
    if (!time) return std::nullopt;
    if (capture.version == 1 || capture.version == 2) return encode_hep12(capture, *time);
    if (capture.version == 3) return encode_hep3(capture, *time);
    return std::nullopt;
}

}  // namespace ci::hep
