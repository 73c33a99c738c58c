// The hosts of one call: which of its addresses are one host, and where observers sit.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "calls/course/course.h"
#include "wire/hash.h"

namespace ci::calls {

class HostsOfCall {
  public:
    HostsOfCall(std::span<const chunk::Chunk> chunks, const order::Flow& flow, const Rules& rules);

    /// The host of an endpoint as a chunk has it; none: no address.
    [[nodiscard]] std::size_t find(std::string_view endpoint);
    [[nodiscard]] std::vector<Host> take() { return std::move(hosts_); }

  private:
    [[nodiscard]] std::string name(const wire::Endpoint& endpoint) const;

    const Rules& rules_;
    std::vector<Host> hosts_;
    std::unordered_map<std::string, std::size_t, wire::TextHash> by_endpoint_, by_name_;
    std::unordered_set<std::string, wire::TextHash> shared_;   ///< addresses of several hosts
    std::unordered_set<std::string, wire::TextHash> watched_;  ///< addresses of observers
};

}  // namespace ci::calls
