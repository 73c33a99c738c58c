// What tells the copies of one datagram from two datagrams that say the same: copies have one IP
// id, and differ in the TTL and in the link addresses where they were taken at several places.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "wire/reader.h"

namespace ci::packets {

struct LinkTrace {
    std::array<std::uint8_t, 6> source{}, destination{};  ///< zeros: not told
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

/// "0200000000a1>0200000000b2/100"; without what was not told.
void append(const LinkTrace& link, std::string& out);

/// Of the datagram that brought a message; of fragments, the last to come.
struct Trace {
    std::uint32_t ip_id = 0;  ///< IPv4's Identification, of IPv6 that of fragments; 0: none
    std::uint8_t ttl = 0;     ///< or hop limit
    LinkTrace link{};
};

}  // namespace ci::packets
