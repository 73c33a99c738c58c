// Who tried wrong secrets how often: ten at once, then one every six seconds. Each address is one;
// of IPv6 each network of 64 bits, as a host has as many addresses there as it likes.
//
// Not locked: its user is.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

#include "wire/endpoint.h"
#include "wire/hash.h"

namespace ci::web {

class Tries {
  public:
    using Clock = std::chrono::steady_clock;

    /// Whether there were too many.
    [[nodiscard]] bool are_too_many(const wire::Address& from, Clock::time_point now) const {
        const auto found = free_.find(wire::to_string(whose(from)));
        return found != free_.end() && found->second > now + (most - 1) * each;
    }

    void failed(const wire::Address& from, Clock::time_point now) {
        if (free_.size() >= most_addresses) forget(now);
        auto& free = free_[wire::to_string(whose(from))];
        free = std::max(free, now) + each;
    }

    static constexpr std::size_t most_addresses = 10'000;
    static constexpr int most = 10;
    static constexpr Clock::duration each = std::chrono::seconds(6);

  private:
    static wire::Address whose(wire::Address address) {
        address = wire::unmapped(address);
        if (address.family != wire::Family::ipv6) return address;
        for (std::size_t i = 8; i < address.bytes.size(); ++i) address.bytes[i] = 0;
        return address;
    }

    /// If all of them are still remembered, none is any longer.
    void forget(Clock::time_point now) {
        std::erase_if(free_, [&](const auto& one) { return one.second <= now; });
        if (free_.size() >= most_addresses) free_.clear();
    }

    /// When all is forgotten, by address.
    std::unordered_map<std::string, Clock::time_point, wire::TextHash> free_;
};

}  // namespace ci::web
