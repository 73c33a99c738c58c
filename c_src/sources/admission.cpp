#include "sources/admission.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "os/library.h"

namespace ci::sources {
namespace {

CI_LATE(os::openssl, CRYPTO_memcmp);

}  // namespace

bool Admission::allows(const wire::Address& address) const noexcept {
    return allow.empty() || std::any_of(allow.begin(), allow.end(), [&](const auto& network) {
               return wire::contains(network, address);
           });
}

bool Admission::has_key(const hep::Capture& capture) const noexcept {
    if (auth_key.empty()) return true;
    const std::string_view key = capture.auth_key;
    return key.size() == auth_key.size() &&
           CRYPTO_memcmp(key.data(), auth_key.data(), key.size()) == 0;
}

wire::expected<std::vector<wire::Network>, std::string> parse_networks(std::string_view text) {
    std::vector<wire::Network> networks;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto part = text.substr(0, comma);
        const auto network = wire::parse_network(part);
        if (!network) return std::string(part);
        networks.push_back(*network);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return networks;
}

}  // namespace ci::sources
