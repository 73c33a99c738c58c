// The commands that tell of dialogues as they begin and when their outcome changes. A front end
// carries `follow` out by asking `follow_next` again and again (Following), so that no command
// waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calls/expression.h"
#include "calls/scope.h"
#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// EXPRESSION [SECONDS]. One line: the cursor to go on with, and for how many seconds.
[[nodiscard]] Outcome follow(inspector::Inspector& inspector,
                             std::span<const std::string> arguments);
/// CURSOR EXPRESSION. The first line is the next cursor, then one JSON object a line.
[[nodiscard]] Outcome follow_next(inspector::Inspector& inspector,
                                  std::span<const std::string> arguments);

/// What one who follows hears next; rows are objects of JSON.
struct News {
    std::vector<std::string> rows;  ///< as of `search`
    std::uint64_t left_out = 0;     ///< changes that were dropped before they were looked at
    bool is_another_run = false;    ///< nothing is known of what happened before now
    std::uint64_t next = 0;         ///< the number to go on with
};
/// The number of what happens from now on. The index must be on.
[[nodiscard]] std::uint64_t news_begin(inspector::Inspector& inspector);
/// `sight`: of whom it is for.
[[nodiscard]] News news_since(inspector::Inspector& inspector, std::uint64_t number,
                              const calls::Expression& expression,
                              const calls::Sight& sight = {{true, {}, {}, {}}, true});

/// How often a front end asks.
inline constexpr std::chrono::milliseconds between_questions{250};

/// A `follow` on its way, in a front end. The first question is the command itself.
class Following {
  public:
    using Clock = std::chrono::steady_clock;

    /// Empty: the words are another command, which is answered at once.
    [[nodiscard]] static std::optional<Following> of(std::span<const std::string> words);

    /// Takes the answer to the last question; what remains of its text is to be printed. False:
    /// that was all.
    [[nodiscard]] bool take(Outcome& answer, Clock::time_point now);

    /// The next question, to be asked in a while.
    [[nodiscard]] std::vector<std::string> question() const;

  private:
    explicit Following(std::string expression) : expression_(std::move(expression)) {}

    std::string expression_, cursor_;
    std::optional<Clock::time_point> end_;  ///< empty: it has not begun
};

}  // namespace ci::commands
