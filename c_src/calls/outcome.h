// How a dialogue ended, as far as its row can tell.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/micros.h"

namespace ci::calls {

enum class Outcome : std::uint8_t {
    in_progress,
    answered,
    busy,       ///< 486, 600
    no_answer,  ///< it rang, and nobody took the call
    cancelled,  ///< by the caller, before it had rung for long
    declined,   ///< 603
    redirected,
    failed,
    registered,
    unregistered,
    refused  ///< a registration
};
inline constexpr std::string_view outcome_names[] = {
    "in_progress", "answered", "busy",       "no_answer",    "cancelled", "declined",
    "redirected",  "failed",   "registered", "unregistered", "refused"};

/// A caller who gives up after that long gives up because nobody answers.
inline constexpr wire::Micros long_ringing = 10'000'000;

/// What the outcome depends on.
struct Ending {
    bool is_registration = false;
    bool is_leaving = false;  ///< of a registration: the last REGISTER ends it
    bool was_cancelled = false;
    std::optional<std::uint16_t> status;
    std::optional<wire::Micros> ring, end;
};
[[nodiscard]] Outcome outcome_of(const Ending& ending) noexcept;

}  // namespace ci::calls
