// Keys of the tables in which causes and protocol order look messages up: what is asked for, and up
// to three words that say of which.
#pragma once

#include <cstdint>

#include "order/observe/interner.h"
#include "order/observe/observation.h"

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
    accepted,  ///< a Via stack
    own_response,
    refusal
};

constexpr Key lookup_key(Lookup kind, std::uint64_t first, std::uint64_t second = 0,
                         std::uint64_t third = 0) noexcept {
    return {first, second, third, static_cast<std::uint64_t>(kind), 0};
}

[[nodiscard]] inline Key bare_transaction(std::uint64_t hop, const Observation& what,
                                          Symbol of_method) {
    return lookup_key(Lookup::bare_transaction, hop, pack(0, of_method),
                      what.number);  // logs show no Via
}

[[nodiscard]] inline Key request_with(Symbol stack, const Observation& what, Symbol dst_host) {
    return lookup_key(Lookup::request_with, pack(stack, what.method), what.number, dst_host);
}

[[nodiscard]] inline Key response_with(Symbol stack, const Observation& what) {
    return lookup_key(Lookup::response_with, pack(stack, what.method), what.number,
                      pack(what.status, what.to_tag));
}

[[nodiscard]] inline Key trying_key(Symbol branch, std::uint64_t hop, const Observation& what) {
    return lookup_key(Lookup::trying, hop, pack(branch, what.method), what.number);
}

[[nodiscard]] inline Key final_key(std::uint64_t hop, const Observation& what) {
    return lookup_key(Lookup::final_response, hop, what.number, what.to_tag);
}

[[nodiscard]] inline Key final_at_key(Symbol host, const Observation& what) {
    return lookup_key(Lookup::final_response_at, host, what.number, what.to_tag);
}

[[nodiscard]] inline Key any_final_key(std::uint64_t hop, const Observation& what) {
    return lookup_key(Lookup::any_final_response, hop, what.number);
}

/// The requests that a host received, as far as logs tell.
[[nodiscard]] inline Key at_host(Symbol host, const Observation& what) {
    return lookup_key(Lookup::at_host, pack(host, what.method), what.number);
}

[[nodiscard]] inline Key reliable_key(std::uint64_t hop, const Observation& what) {
    return lookup_key(Lookup::reliable_response, hop, what.reliable, what.to_tag);
}

[[nodiscard]] inline Key any_final_at_key(Symbol host, const Observation& what) {
    return lookup_key(Lookup::any_final_response_at, host, what.number);
}

[[nodiscard]] inline Key branch_key(Symbol branch, Symbol of_method, std::uint64_t number) {
    return lookup_key(Lookup::branch, pack(branch, of_method), number);
}

[[nodiscard]] inline Key dialog_key(const Observation& what) {
    return lookup_key(Lookup::dialog, pack_unordered(what.src, what.dst),
                      pack_unordered(what.from_tag, what.to_tag));
}

[[nodiscard]] inline Key early_key(Symbol src, Symbol dst, Symbol from_tag) {
    return lookup_key(Lookup::early_dialog, pack(src, dst), from_tag);
}

[[nodiscard]] inline Key early_anywhere_key(Symbol from_tag) {
    return lookup_key(Lookup::early_dialog_anywhere, from_tag);
}

[[nodiscard]] inline Key forwarded_key(Symbol stack, const Observation& what) {
    return lookup_key(Lookup::forwarded, pack(stack, what.method), what.number);
}

[[nodiscard]] inline Key accepted_key(Symbol parent, std::uint64_t number) {
    return lookup_key(Lookup::accepted, parent, number);
}

[[nodiscard]] inline Key own_response_key(Symbol branch, Symbol of_method, std::uint64_t number) {
    return lookup_key(Lookup::own_response, pack(branch, of_method), number);
}

[[nodiscard]] inline Key refusal_key(Symbol branch, std::uint64_t number) {
    return lookup_key(Lookup::refusal, branch, number);
}

}  // namespace ci::order
