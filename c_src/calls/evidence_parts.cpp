#include "calls/evidence_parts.h"

#include <algorithm>

#include "calls/hosts.h"
#include "calls/uri.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::calls {
namespace {

constexpr std::size_t compared_digits = 7;

std::string_view without_port(std::string_view host) noexcept {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

}  // namespace

std::string comparable_user(std::string_view user) {
    const std::string digits = number_of(unescape(user));
    if (!digits.empty())
        return digits.substr(digits.size() - std::min(digits.size(), compared_digits));
    std::string name = unescape(user);
    std::transform(name.begin(), name.end(), name.begin(), sip::to_lower);
    const bool is_hidden = name == "anonymous" || name == "unknown" || name == "restricted" ||
                           name == "unavailable" || name == "private";
    return is_hidden ? std::string() : name;
}

std::string host_name(const wire::Address& address, const Rules& rules) {
    const auto name = name_of(address, rules.hosts);
    return name.empty() ? wire::to_string(address) : std::string(name);
}

wire::Address origin_of(const sip::Message& message, const Sighting& sighting) {
    const auto vias = sip::vias(message);
    if (vias.size() == 1) return sighting.src;
    if (vias.empty()) return {};
    const sip::Via& last = vias.back();
    const auto text = last.received.empty() ? without_port(last.sent_by) : last.received;
    return wire::parse_address(text).value_or(wire::Address{});
}

}  // namespace ci::calls
