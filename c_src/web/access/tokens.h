// Who may look, as a file says it (docs/web.md): a JSON object a line.
//
//   {"name":"noc","sha256":"9f86...","rights":["look","whole"],"scope":"all"}
//   {"name":"eva","scrypt":"15:8:1:...","rights":["look"],"expires":"2027-01-31",
//    "scope":{"networks":["192.0.2.0/24"],"numbers":["+49 30 123*"],"domains":[".example.com"]}}
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calls/scope.h"

namespace ci::web {

enum class Right : std::uint8_t {
    to_log_in,  ///< anybody at all
    none,       ///< anybody that is let in
    look,       ///< at calls in scope
    look_all,   ///< likewise, with a scope of all: what no scope can narrow
    whole,      ///< at all legs and messages of these
    watch,      ///< the inspector's numbers: metrics, parsers, clocks
    manage,     ///< start and stop parsers; and watch
};
/// That a file may give.
inline constexpr std::pair<std::string_view, Right> right_names[] = {{"look", Right::look},
                                                                     {"whole", Right::whole},
                                                                     {"watch", Right::watch},
                                                                     {"manage", Right::manage}};

/// A line of the file.
struct Token {
    std::string name;
    std::string sha256;        ///< of a secret; empty: there is a password
    std::string scrypt;        ///< of a password
    unsigned rights = 0;       ///< bits, by the numbers of Right
    std::int64_t expires = 0;  ///< seconds since 1970; 0: never
    std::shared_ptr<const calls::Sight> sight;
    std::string line;  ///< as written: a token that was changed is another one

    [[nodiscard]] bool has(Right right) const noexcept;
    [[nodiscard]] bool is_over(std::int64_t now) const noexcept {
        return expires != 0 && now >= expires;
    }
};

struct BadLine {
    std::size_t number = 0;  ///< the first is 1
    std::string why;
};

struct Tokens {
    std::vector<std::shared_ptr<const Token>> all;
    std::vector<BadLine> bad;
};

inline constexpr std::size_t most_tokens = 10'000;
inline constexpr std::size_t longest_name = 64;

/// A line with anything in it that is not understood is no token at all: what was meant to narrow
/// a token must not be lost by a slip of the pen. Empty lines and those that begin with # are
/// nothing.
[[nodiscard]] Tokens read_tokens(std::string_view text);

/// A network, number or domain, as a scope keeps it. The reason why not; empty: done.
[[nodiscard]] std::string add_to_scope(std::string_view kind, std::string_view value,
                                       calls::Scope& scope);

/// "2027-01-31", or "2027-01-31T12:00:00Z", as seconds since 1970: of a day its end. Empty:
/// neither.
[[nodiscard]] std::optional<std::int64_t> time_of(std::string_view text) noexcept;

[[nodiscard]] bool is_name(std::string_view name) noexcept;

}  // namespace ci::web
