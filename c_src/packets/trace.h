// Tells duplicates of one datagram from two datagrams with the same contents. Duplicates share the
// IP id; if they were captured at several places, their TTL and link addresses differ.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "wire/reader.h"

namespace ci::packets {

struct LinkTrace {
    std::array<std::uint8_t, 6> source{}, destination{};  ///< zeros: unknown
    std::array<std::uint16_t, 2> vlans{};                 ///< the outer ones; 0: none

    void set_addresses(wire::Bytes to, wire::Bytes from) noexcept {
        copy(to, destination);
        copy(from, source);
        vlans = {};
    }
    void add_vlan(std::uint16_t id) noexcept {
        for (auto& vlan : vlans) {
            if (vlan != 0) continue;
            vlan = id;
            return;
        }
    }
    friend bool operator==(const LinkTrace&, const LinkTrace&) = default;

  private:
    static void copy(wire::Bytes from, std::array<std::uint8_t, 6>& to) noexcept {
        to = {};
        for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i) {
            to.at(i) = std::to_integer<std::uint8_t>(from[i]);
        }
    }
};

/// "0200000000a1>0200000000b2/100"; unknown parts are left out.
void append(const LinkTrace& link, std::string& out);

/// The trace of the datagram that brought a message; of a fragmented one, of the last fragment to
/// come.
struct Trace {
    std::uint32_t ip_id = 0;  ///< IPv4's Identification, or that of IPv6 fragments; 0: none
    std::uint8_t ttl = 0;     ///< or hop limit
    LinkTrace link{};
};

}  // namespace ci::packets
