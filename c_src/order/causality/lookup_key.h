// Keys of the tables in which causes and protocol order look messages up: what is asked for, and up
// to three words that say of which.
#pragma once

#include <cstdint>

#include "order/observe/interner.h"

namespace ci::order {

enum class Lookup : std::uint64_t {
    transaction,
    bare_transaction,  ///< logs show no Via
    request_with,      ///< a Via stack
    response_with,
    trying,
    final_response,
    any_final_response,  ///< whatever its To tag
    final_response_at,   ///< a host
    any_final_response_at,
    reliable_response,
    at_host,
    branch,
    dialog,
    early_dialog,
    early_dialog_anywhere,
    forwarded,
    response_below,  ///< a Via stack
    own_response,
    refusal
};

constexpr Key lookup_key(Lookup kind, std::uint64_t first, std::uint64_t second = 0,
                         std::uint64_t third = 0) noexcept {
    return {first, second, third, static_cast<std::uint64_t>(kind), 0};
}

}  // namespace ci::order
