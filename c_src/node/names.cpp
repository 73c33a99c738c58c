#include "node/names.h"

namespace ci::node {
namespace {

bool is_loopback(const wire::Address& address) noexcept {
    if (address.family == wire::Family::ipv4) return address.bytes[0] == 127;
    return address == wire::parse_address("::1");
}

}  // namespace

std::string_view host_of(std::string_view node) noexcept {
    return node.substr(node.find('@') + 1);  // npos + 1 is 0
}

std::string name_for(std::string_view name, const Dialled& dialled) {
    if (name.find('@') != std::string_view::npos) return std::string(name);
    const std::string_view theirs = host_of(dialled.client);
    const auto at = [&](std::string_view host) {
        return std::string(name).append("@").append(host);
    };
    if (is_loopback(dialled.from) || dialled.from == dialled.to) return at(theirs);
    if (wire::parse_address(theirs)) return at(to_string(dialled.to));
    const bool is_long = theirs.find('.') != std::string_view::npos;
    return at(is_long && !dialled.our_full_host.empty() ? dialled.our_full_host : dialled.our_host);
}

std::string given_name(std::string_view host, std::uint32_t number) {
    return "client_" + std::to_string(number) + "@" + std::string(host);
}

}  // namespace ci::node
