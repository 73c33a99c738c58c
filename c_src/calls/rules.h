// The settings that say what ties the legs of a call, which hosts are what, and from when on
// something is told (docs/commands.md, call_inspector run).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wire/endpoint.h"
#include "wire/micros.h"
#include "wire/network.h"

namespace ci::calls {

/// Addresses that are one host (the setting `hosts`).
struct HostName {
    std::string name;
    std::vector<wire::Network> networks;
    std::vector<wire::Endpoint> endpoints = {};  ///< one port of an address each
};

/// Hosts of one kind (the settings `carriers` and `phones`): by their names in `hosts`, or by
/// addresses and networks.
struct HostSet {
    std::vector<std::string> names;
    std::vector<wire::Network> networks;
    std::vector<wire::Endpoint> endpoints = {};

    [[nodiscard]] bool empty() const noexcept {
        return names.empty() && networks.empty() && endpoints.empty();
    }
};

/// From when on something is told (the setting `findings`); these are the usual values.
struct FindingLimits {
    wire::Micros slow_setup = 6'000'000;  ///< INVITE to first 18x
    wire::Micros clock_off = 1'000'000;
    double low_mos = 3.5;
    double high_loss = 3;  ///< percent
    /// When the question is asked, by the collector's clock; empty: nothing more will come.
    std::optional<wire::Micros> now = {};
};

struct Rules {
    /// Headers whose value is another dialogue's Call-ID.
    std::vector<std::string> headers = {
        "X-CID", "X-Call-ID", "X-CallIDALeg", "k-cid", "X-FS-Refer-Partner-UUID", "P-Call-ID"};
    /// Call-IDs made of another one: `*` stands for the other one, `#` for digits.
    std::vector<std::string> affixes = {"*_b2b-#", "B2B.*"};
    std::vector<HostName> hosts;
    HostSet carriers, phones;
    FindingLimits findings;
};

}  // namespace ci::calls
