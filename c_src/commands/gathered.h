// The commands that ask all inspectors at the broker. Nobody waits for the others in a thread: a
// command is a chain of steps, each of which ends with the answer or with a question to the others.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "amqp/responder.h"
#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

struct Inquired;
/// The end of a step.
using Step = std::variant<Outcome, Inquired>;

struct Inquired {
    amqp::Inquiry inquiry;
    std::vector<std::string> without;  ///< instances of inspectors that are not asked
    /// The next step, in any thread. Throws wire::TookTooLong.
    std::function<Step(inspector::Inspector&, amqp::Gathered)> then;
};

/// EXPRESSION [N]: the rows of all inspectors. The first step; it throws wire::TookTooLong.
[[nodiscard]] Step search_all(inspector::Inspector& inspector,
                              std::span<const std::string> arguments);

/// Why an answer from several inspectors may lack something.
class Lacks {
  public:
    void add(const std::string& reason);
    /// Who did not answer, and what the others say is lacking.
    void add(const amqp::Gathered& gathered);

    /// What those have who did not answer: "calls".
    explicit Lacks(std::string what) : what_(std::move(what)) {}
    [[nodiscard]] const std::vector<std::string>& missing() const noexcept { return missing_; }
    /// Empty: nothing lacks.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Empty, or the members "incomplete" and "missing" with a comma before each.
    [[nodiscard]] std::string members() const;

  private:
    std::string what_, text_;
    std::vector<std::string> missing_;  ///< names
    std::vector<std::string> told_;     ///< reasons
};

}  // namespace ci::commands
