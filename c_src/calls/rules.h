// The settings that say what ties the legs of a call (docs/formats.md, Configuration).
#pragma once

#include <string>
#include <vector>

#include "wire/endpoint.h"
#include "wire/network.h"

namespace ci::calls {

/// Addresses that are one host (the setting `hosts`).
struct HostName {
    std::string name;
    std::vector<wire::Network> networks;
    std::vector<wire::Endpoint> endpoints = {};  ///< one port of an address each
};

struct Rules {
    /// Headers whose value is another dialogue's Call-ID.
    std::vector<std::string> headers = {
        "X-CID", "X-Call-ID", "X-CallIDALeg", "k-cid", "X-FS-Refer-Partner-UUID", "P-Call-ID"};
    /// Call-IDs made of another one: `*` stands for the other one, `#` for digits.
    std::vector<std::string> affixes = {"*_b2b-#", "B2B.*"};
    std::vector<HostName> hosts;
};

}  // namespace ci::calls
