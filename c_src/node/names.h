// The name under which this node answers.
//
// A client takes an answer only under the very name that it dialled, and the protocol does not say
// which that was. A client of this machine (sup is one) dials the host that its own name has;
// answering under that serves short and long names with one registration.
#pragma once

#include <string>
#include <string_view>

#include "wire/endpoint.h"

namespace ci::node {

/// The text behind the "@"; all of it if there is none.
[[nodiscard]] std::string_view host_of(std::string_view node) noexcept;

struct Dialled {
    std::string_view client;         ///< "sup_123@host"
    wire::Address from, to;          ///< the two ends of the connection
    std::string_view our_host;       ///< as this machine calls itself, without its domain
    std::string_view our_full_host;  ///< with its domain; empty: unknown
};

/// `name` with a host stays as it is.
[[nodiscard]] std::string name_for(std::string_view name, const Dialled& dialled);

/// A name for a client that asks to be given one.
[[nodiscard]] std::string given_name(std::string_view host, std::uint32_t number);

}  // namespace ci::node
