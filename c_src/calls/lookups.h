// The look-ups of one question: each done once, all of them counted.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "calls/dialogues.h"

namespace ci::calls {

/// More dialogues with one key than this are not looked at.
inline constexpr std::size_t most_holders = 128;

class Lookups {
  public:
    Lookups(Dialogues& dialogues, std::size_t most) : dialogues_(dialogues), left_(most) {}

    [[nodiscard]] const std::vector<Holder>& holders(const Key& key, wire::Micros from,
                                                     wire::Micros until);
    [[nodiscard]] const std::vector<Held>& keys(const std::string& call_id);
    [[nodiscard]] const std::optional<Outline>& outline(const std::string& call_id);
    /// Further look-ups found nothing, because there had been too many.
    [[nodiscard]] bool are_exhausted() const noexcept { return are_exhausted_; }

  private:
    bool take();

    Dialogues& dialogues_;
    std::size_t left_;
    bool are_exhausted_ = false;
    std::map<std::tuple<Key, wire::Micros, wire::Micros>, std::vector<Holder>> holders_;
    std::map<std::string, std::vector<Held>, std::less<>> keys_;
    std::map<std::string, std::optional<Outline>, std::less<>> outlines_;
};

}  // namespace ci::calls
