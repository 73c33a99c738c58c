#include "calls/scope.h"

#include <algorithm>

#include "calls/uri.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

/// `one`: "4930123", or "4930*".
bool is_number(std::string_view one, std::string_view user) noexcept {
    if (one.ends_with('*')) {
        one.remove_suffix(1);
        return user.size() >= one.size() &&
               sip::equal_without_case(user.substr(0, one.size()), one);
    }
    return sip::equal_without_case(user, one);
}

bool has_user(const Scope& scope, const std::string& user) {
    if (user.empty() || scope.numbers.empty()) return false;
    const std::string number = number_of(user);
    return std::any_of(scope.numbers.begin(), scope.numbers.end(), [&](const std::string& one) {
        return is_number(one, number.empty() ? std::string_view(user) : number);
    });
}

bool has_domain(const Scope& scope, std::string_view host) noexcept {
    if (host.empty()) return false;
    return std::any_of(scope.domains.begin(), scope.domains.end(), [&](const std::string_view one) {
        if (!one.starts_with('.')) return sip::equal_without_case(one, host);
        return host.size() > one.size() &&
               sip::equal_without_case(host.substr(host.size() - one.size()), one);
    });
}

bool has_party(const Scope& scope, const Party& party) {
    return has_user(scope, party.user) || has_domain(scope, party.host);
}

bool is_of_far_side(const Term& term) noexcept {
    switch (term.field) {
        case Field::any:
        case Field::user:
        case Field::ip:
        case Field::port:
        case Field::host:
        case Field::ua:
            return true;
        default:
            return false;
    }
}

}  // namespace

bool has_network(const Scope& scope, const wire::Address& address) noexcept {
    if (address.family == wire::Family::none) return false;
    return std::any_of(scope.networks.begin(), scope.networks.end(),
                       [&](const auto& network) { return wire::contains(network, address); });
}

bool has_caller(const Scope& scope, const Row& row) {
    return has_party(scope, row.from()) || has_user(scope, row.asserted_user());
}

bool has_callee(const Scope& scope, const Row& row) {
    return has_party(scope, row.to()) || has_party(scope, row.request_uri());
}

bool is_in(const Scope& scope, const Row& row) {
    if (scope.is_all || has_caller(scope, row) || has_callee(scope, row)) return true;
    return std::any_of(row.endpoints().begin(), row.endpoints().end(),
                       [&](const auto& one) { return has_network(scope, one.address); });
}

void narrow(Row& row, const Sight& sight) {
    if (sight.sees_all() || sight.is_whole) return;
    row.forget_far_side(
        [&](const wire::Endpoint& one) { return has_network(sight.scope, one.address); },
        has_caller(sight.scope, row));
}

Expression without_far_side(const Expression& expression) {
    Expression rest = expression;
    std::erase_if(rest.terms, is_of_far_side);
    return rest;
}

}  // namespace ci::calls
