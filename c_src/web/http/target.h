// A request's target (RFC 9112 3.2.1, origin form) in its parts. Whoever can reach the port chooses
// it, so everything about it is checked here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/result.h"

namespace ci::web {

struct Target {
    /// "/api/calls/a%2Fb" is {"api", "calls", "a/b"}; "/" is {""}. Any octets but NUL.
    std::vector<std::string> path;
    /// In their order, no name twice.
    std::vector<std::pair<std::string, std::string>> query;

    /// Empty: there is none of that name.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
};

enum class BadTarget : std::uint8_t {
    not_a_path,      ///< an authority, an absolute URL, `*`
    bad_escape,      ///< % without two hexadecimal digits, or %00
    bad_octet,       ///< not printable ASCII, or a fragment
    twice,           ///< a parameter
    too_many_parts,  ///< more than `most_parts`
};
inline constexpr std::string_view bad_target_names[] = {
    "the target is not a path", "% without two hexadecimal digits, or %00",
    "an octet that must be escaped", "a parameter is given twice", "too many parts"};
inline constexpr std::size_t most_parts = 32;  ///< of the path, and of the query

[[nodiscard]] wire::Result<Target, BadTarget> parse_target(std::string_view text);

/// For a path or a query's value: all but unreserved characters become %XX.
[[nodiscard]] std::string escaped(std::string_view octets);

}  // namespace ci::web
