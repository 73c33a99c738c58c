// The keys of one dialogue (calls/key.h), each with the first message that shows it: as bytes, and
// updated line by line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/dialogues.h"
#include "calls/rules.h"
#include "chunk/chunk.h"

namespace ci::index {

class HeldKeys {
  public:
    /// Takes one line of the dialogue; `place` is its number in the store.
    void take(const chunk::Chunk& chunk, std::uint64_t place, const calls::Rules& rules);

    /// Sorted by key; at most calls::most_keys_of_dialogue.
    [[nodiscard]] const std::vector<calls::Held>& all() const noexcept { return all_; }

    [[nodiscard]] std::string to_bytes() const;
    static std::optional<HeldKeys> from_bytes(std::string_view bytes);

  private:
    std::vector<calls::Held> all_;
};

/// All that keys depend on, as one text.
[[nodiscard]] std::string text_of(const calls::Rules& rules);

}  // namespace ci::index
