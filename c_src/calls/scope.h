// Which calls somebody may see: those in which a network, a number or a domain of theirs takes
// part.
//
// What From and To say is what a sender wrote. Where that must not be believed, scopes are
// networks.
#pragma once

#include <string>
#include <vector>

#include "calls/expression.h"
#include "calls/row.h"
#include "wire/endpoint.h"
#include "wire/network.h"

namespace ci::calls {

struct Scope {
    bool is_all = false;
    std::vector<wire::Network> networks;
    /// As number_of() gives them, or users that are no numbers, in lower case; compared whole. With
    /// `*` behind them all that begin so.
    std::vector<std::string> numbers;
    /// In lower case; `.example.com` are all hosts below it.
    std::vector<std::string> domains;

    friend bool operator==(const Scope&, const Scope&) = default;
};

/// What one who asks may see.
struct Sight {
    Scope scope;
    bool is_whole = false;  ///< of a call that they see, also legs and messages of the other side

    [[nodiscard]] bool sees_all() const noexcept { return scope.is_all; }
};

[[nodiscard]] bool has_network(const Scope& scope, const wire::Address& address) noexcept;
/// The one who asks, and the one who is asked.
[[nodiscard]] bool has_caller(const Scope& scope, const Row& row);
[[nodiscard]] bool has_callee(const Scope& scope, const Row& row);
/// Whether anybody or anything of the dialogue is in it.
[[nodiscard]] bool is_in(const Scope& scope, const Row& row);

/// The row without what only the other side knows; with is_whole as it is. It must be in scope.
void narrow(Row& row, const Sight& sight);

/// The expression without terms about what narrow() may take away: whether they hold must not be
/// learnt from what is found.
[[nodiscard]] Expression without_far_side(const Expression& expression);

}  // namespace ci::calls
