// Long answers to the port's owner, cut into pieces that are sent in turn.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "erlang/port_terms.h"

namespace ci::fronts {

class LongAnswers {
  public:
    void add(erlang::Id id, std::string text);

    /// Appends the next frame of each unfinished answer. Returns how many answers end with that.
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
    std::size_t bytes_ = 0;  ///< not sent yet
};

}  // namespace ci::fronts
