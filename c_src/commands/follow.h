// The commands that tell of dialogues as they begin and when their outcome changes. A front end
// carries `follow` out by asking `follow_next` again and again (Following), so that no command
// waits.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// EXPRESSION [SECONDS]. One line: the cursor to go on with, and for how many seconds.
[[nodiscard]] Outcome follow(inspector::Inspector& inspector,
                             std::span<const std::string> arguments);
/// CURSOR EXPRESSION. The first line is the next cursor, then one JSON object a line.
[[nodiscard]] Outcome follow_next(inspector::Inspector& inspector,
                                  std::span<const std::string> arguments);

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
