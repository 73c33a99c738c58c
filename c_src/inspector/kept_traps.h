// Traps as they are kept over a restart: JSON in the file ROOT/.traps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/micros.h"

namespace ci::inspector {

/// Pins the next calls that match when they end.
struct Trap {
    std::uint64_t id = 0;
    std::string expression;  ///< as calls::to_text() writes it
    std::size_t count = 1;   ///< calls that are wanted
    wire::Micros until = 0;
    std::size_t caught = 0;             ///< calls
    std::vector<std::string> call_ids;  ///< of their legs that matched, as far as there is room
    std::uint64_t left_out = 0;         ///< changes of dialogues that were not looked at
    std::string trouble;                ///< why a call that matched could not be pinned, the last

    friend bool operator==(const Trap&, const Trap&) = default;
};

struct KeptTraps {
    std::uint64_t next_id = 1;
    std::vector<Trap> traps;

    friend bool operator==(const KeptTraps&, const KeptTraps&) = default;
};

[[nodiscard]] std::string to_text(const KeptTraps& kept);

/// What can be read of it. False: something could not.
[[nodiscard]] bool read_traps(std::string_view text, KeptTraps& kept);

}  // namespace ci::inspector
