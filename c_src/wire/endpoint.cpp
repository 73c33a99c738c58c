#include "wire/endpoint.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <span>

namespace ci::wire {
namespace {

constexpr std::size_t groups_in_ipv6 = 8;
using Groups = std::array<std::uint16_t, groups_in_ipv6>;

void append_number(unsigned value, int base, std::string& out) {
    char digits[10];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value, base);
    out.append(digits, end.ptr);
}

void append_ipv4(std::span<const std::uint8_t, 4> bytes, std::string& out) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i > 0) out.push_back('.');
        append_number(bytes[i], 10, out);
    }
}

struct Run {
    std::size_t begin = 0;
    std::size_t length = 0;
};

/// RFC 5952 4.2: "::" stands for the longest run of zero groups (of equal ones the first), never
/// for a single group.
Run longest_zero_run(const Groups& groups) noexcept {
    Run best;
    for (std::size_t i = 0; i < groups.size();) {
        std::size_t end = i;
        while (end < groups.size() && groups[end] == 0) ++end;
        if (end - i > best.length) best = {i, end - i};
        i = end + 1;
    }
    return best.length >= 2 ? best : Run{groups.size(), 0};
}

void append_ipv6(const std::array<std::uint8_t, 16>& bytes, std::string& out) {
    Groups groups{};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        groups[i] = static_cast<std::uint16_t>((bytes[2 * i] << 8U) | bytes[2 * i + 1]);
    }
    const Run zeros = longest_zero_run(groups);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i == zeros.begin) {
            out += "::";
            i += zeros.length - 1;
            continue;
        }
        if (i > 0 && i != zeros.begin + zeros.length) out.push_back(':');
        append_number(groups[i], 16, out);
    }
}

/// The whole of `text` as a number with at most `max_digits` digits.
std::optional<unsigned> read_number(std::string_view text, int base, std::size_t max_digits) {
    if (text.empty() || text.size() > max_digits) return std::nullopt;
    unsigned value = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value, base);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return value;
}

bool read_ipv4(std::string_view text, std::span<std::uint8_t, 4> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto dot = text.find('.');
        if ((dot == std::string_view::npos) != (i == out.size() - 1)) return false;
        const auto part = text.substr(0, dot);
        const auto value = read_number(part, 10, 3);
        // Some readers take "010" as 8 and others as 10, so it is refused.
        if (!value || *value > 0xff || (part.size() > 1 && part[0] == '0')) return false;
        out[i] = static_cast<std::uint8_t>(*value);
        if (dot != std::string_view::npos) text.remove_prefix(dot + 1);
    }
    return true;
}

/// The bytes of the groups between colons; the last group may have IPv4's form. An empty text has
/// no groups.
std::optional<std::size_t> read_groups(std::string_view text, bool ipv4_may_end,
                                       std::span<std::uint8_t, 16> out) {
    std::size_t size = 0;
    while (!text.empty()) {
        const auto colon = text.find(':');
        const auto part = text.substr(0, colon);
        const bool last = colon == std::string_view::npos;
        if (last && ipv4_may_end && part.find('.') != std::string_view::npos) {
            if (size > out.size() - 4) return std::nullopt;
            std::array<std::uint8_t, 4> ipv4{};
            if (!read_ipv4(part, ipv4)) return std::nullopt;
            for (const std::uint8_t b : ipv4) out[size++] = b;
            return size;
        }
        const auto value = read_number(part, 16, 4);
        if (!value || size > out.size() - 2) return std::nullopt;
        out[size++] = static_cast<std::uint8_t>(*value >> 8U);
        out[size++] = static_cast<std::uint8_t>(*value & 0xffU);
        if (last) return size;
        text.remove_prefix(colon + 1);
        if (text.empty()) return std::nullopt;  // a colon with nothing behind it
    }
    return size;
}

std::optional<Address> parse_ipv6(std::string_view text) {
    Address address{Family::ipv6, {}};
    const auto gap = text.find("::");
    if (gap == std::string_view::npos) {
        const auto size = read_groups(text, true, address.bytes);
        if (size != address.bytes.size()) return std::nullopt;
        return unmapped(address);
    }
    std::array<std::uint8_t, 16> tail{};
    const auto head_size = read_groups(text.substr(0, gap), false, address.bytes);
    const auto tail_size = read_groups(text.substr(gap + 2), true, tail);
    if (!head_size || !tail_size) return std::nullopt;
    if (*head_size + *tail_size > address.bytes.size() - 2) return std::nullopt;
    const std::size_t tail_begin = address.bytes.size() - *tail_size;
    for (std::size_t i = 0; i < *tail_size; ++i) address.bytes[tail_begin + i] = tail[i];
    return unmapped(address);
}

}  // namespace

Address unmapped(const Address& address) noexcept {
    constexpr std::array<std::uint8_t, 12> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const auto& bytes = address.bytes;
    const bool is_mapped =
        address.family == Family::ipv6 && std::equal(prefix.begin(), prefix.end(), bytes.begin());
    if (!is_mapped) return address;
    return {Family::ipv4, {bytes[12], bytes[13], bytes[14], bytes[15]}};
}

void append(const Address& given, std::string& out) {
    const Address address = unmapped(given);
    if (address.family == Family::ipv6) {
        append_ipv6(address.bytes, out);
    } else if (address.family == Family::ipv4) {
        append_ipv4(std::span(address.bytes).first<4>(), out);
    } else {
        out += "0.0.0.0";
    }
}

void append(const Endpoint& endpoint, std::string& out) {
    const bool brackets = unmapped(endpoint.address).family == Family::ipv6;
    if (brackets) out.push_back('[');
    append(endpoint.address, out);
    if (brackets) out.push_back(']');
    out.push_back(':');
    append_number(endpoint.port, 10, out);
}

std::string to_string(const Address& address) {
    std::string out;
    append(address, out);
    return out;
}

std::string to_string(const Endpoint& endpoint) {
    std::string out;
    append(endpoint, out);
    return out;
}

std::optional<Address> parse_address(std::string_view text) {
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
        return parse_ipv6(text.substr(1, text.size() - 2));
    }
    if (text.find(':') != std::string_view::npos) return parse_ipv6(text);
    Address address{Family::ipv4, {}};
    if (!read_ipv4(text, std::span(address.bytes).first<4>())) return std::nullopt;
    return address;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto address = parse_address(text.substr(0, colon));
    const auto port = parse_port(text.substr(colon + 1));
    if (!address || !port) return std::nullopt;
    return Endpoint{*address, *port};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    const auto value = read_number(text, 10, 5);
    if (!value || *value > 0xffff) return std::nullopt;
    return static_cast<std::uint16_t>(*value);
}

}  // namespace ci::wire
