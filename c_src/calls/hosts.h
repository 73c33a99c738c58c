// Which host an address belongs to, by the setting `hosts`.
#pragma once

#include <span>
#include <string_view>

#include "calls/rules.h"
#include "wire/endpoint.h"

namespace ci::calls {

/// Empty: no host of the setting has it. An address with its port counts before networks, and a
/// smaller network before a larger one.
[[nodiscard]] std::string_view name_of(const wire::Endpoint& endpoint,
                                       std::span<const HostName> hosts) noexcept;
/// By its networks alone.
[[nodiscard]] std::string_view name_of(const wire::Address& address,
                                       std::span<const HostName> hosts) noexcept;

}  // namespace ci::calls
