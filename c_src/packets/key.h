// The key that the fragments of one datagram, or the segments of one direction of a connection,
// share.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "wire/endpoint.h"

namespace ci::packets {

class Key {
  public:
    /// `rest`: ports, or protocol and id. Its upper 24 bits hold the overlay's network, because two
    /// networks may use the same addresses.
    Key(const wire::Address& source, const wire::Address& destination, std::uint64_t rest) {
        auto* const to = std::copy(source.bytes.begin(), source.bytes.end(), octets_.begin());
        std::copy(destination.bytes.begin(), destination.bytes.end(), to);
        for (std::size_t i = 0; i < sizeof rest; ++i) {
            octets_[addresses + i] = static_cast<std::uint8_t>(rest >> (8 * i));
        }
        octets_.back() = static_cast<std::uint8_t>(source.family);
    }

    /// Ordered, not hashed: outsiders choose addresses and ids and could choose collisions.
    friend bool operator<(const Key& one, const Key& other) noexcept {
        return one.octets_ < other.octets_;
    }

  private:
    static constexpr std::size_t addresses = 32;
    std::array<std::uint8_t, addresses + 9> octets_{};
};

}  // namespace ci::packets
