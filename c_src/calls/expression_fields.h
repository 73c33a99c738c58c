// The table of fields: which operators each takes, and how its values are read.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "calls/expression.h"

namespace ci::calls {

struct FieldRule {
    Field field;
    std::string_view name;
    std::string_view operators;  ///< of "=!~<>"
    /// Fills a value whose text is set. Returns what would be right instead; empty: it is right.
    std::string (*read)(Value& value, const Surroundings& surroundings);
    std::string_view example;  ///< a whole term
    std::string_view help;     ///< one sentence for users
};

/// All but the bare word.
[[nodiscard]] std::span<const FieldRule> field_rules() noexcept;
[[nodiscard]] const FieldRule& bare_word() noexcept;

/// In the order of `Operator`.
inline constexpr std::string_view operator_texts[] = {"=", "!=", "~", "<", ">"};
inline constexpr std::string_view operator_letters = "=!~<>";

/// "2026-11-29", "2026-11-29T00:10[:30[.5]][Z|+01:00]", or "15m" before now. Without a zone it is
/// UTC. `low` and `high` are the first and the last microsecond that is meant.
[[nodiscard]] bool read_time(std::string_view text, wire::Micros now, Value& value) noexcept;

/// "90", "1.5s", "200ms", "2h", "1d" in microseconds; without a unit seconds.
[[nodiscard]] std::optional<wire::Micros> read_span(std::string_view text) noexcept;

}  // namespace ci::calls
