// Long answers on their way to the port's owner: cut into pieces, each in its turn.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "erlang/port_terms.h"

namespace ci::fronts {

/// How many bytes of `text` make a piece of at most `most`: where it is UTF-8, no character is cut.
[[nodiscard]] std::size_t piece_length(std::string_view text, std::size_t most);

class LongAnswers {
  public:
    void add(erlang::Id id, std::string text);

    /// Appends the next frame of each answer that is not told to its end; how many ended by that.
    std::size_t append_next(std::string& out);

    [[nodiscard]] bool empty() const noexcept { return answers_.empty(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  private:
    struct Answer {
        erlang::Id id;
        std::string text;
        std::size_t told = 0;
    };
    std::deque<Answer> answers_;
    std::size_t bytes_ = 0;  ///< not told yet
};

}  // namespace ci::fronts
