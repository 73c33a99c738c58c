// Whether nftables drops what senders send: read from `nft -j list ruleset`, which shows iptables'
// rules too where iptables is nft's. Of a rule that is not understood it is assumed that it lets
// packets in, so that what is told is so.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ci::doctor {

/// A chain that drops every packet of a stranger to a port.
struct Blocked {
    std::string chain;  ///< "inet filter input", as nft names it
    std::string by;     ///< "policy", "rule"
};

/// `protocol`: "udp", "tcp". Empty: no chain does, as far as it is understood.
[[nodiscard]] std::optional<Blocked> blocked_by(std::string_view ruleset, std::string_view protocol,
                                                std::uint16_t port);

}  // namespace ci::doctor
