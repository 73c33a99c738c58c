// Addresses that one observer sees as its own: a request came in at one of them, and went out from
// another with one Via more (RFC 3261 16.6). So both are one host, for instance a proxy between two
// networks.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "chunk/chunk.h"
#include "order/order.h"
#include "wire/hash.h"

namespace ci::ladder {

class OwnAddresses {
  public:
    OwnAddresses(std::span<const chunk::Chunk> chunks, const order::Flow& flow);

    /// The address that stands for a host's: `address` itself, or another one of the same host.
    [[nodiscard]] std::string_view host_of(std::string_view address) const;

  private:
    void join(const std::string& one, const std::string& other);

    std::unordered_map<std::string, std::string, wire::TextHash> same_as_;
};

}  // namespace ci::ladder
