// The protocol of the control socket: questions, and their answers in the same order.
//
//   question := stays:1 length:u31 (word NUL)*   the command's name, then its arguments
//   answer   := status:u8 length:u64 text        the length tells a whole answer from one cut short
//
// Integers are big-endian. Words hold any byte but NUL, as program arguments do. The server closes
// the connection after an answer, unless the highest bit of the question's length was set: clients
// that know nothing of this bit read up to the end of the stream.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands/outcome.h"

namespace ci::fronts {

inline constexpr std::size_t question_head = 4;
inline constexpr std::size_t question_limit = 65'536;  ///< without the head
inline constexpr std::size_t answer_head = 9;

/// What comes after the answer.
enum class After : bool { end, more };

struct QuestionHead {
    std::size_t length = 0;
    After after = After::end;
};

/// Empty: the question is too long.
[[nodiscard]] std::optional<std::string> encode_question(std::span<const std::string> words,
                                                         After after = After::end);

/// Empty: the length is over the limit.
[[nodiscard]] std::optional<QuestionHead> decode_question_head(
    std::array<char, question_head> head) noexcept;

/// Empty: `body` is not a list of NUL-terminated words, or has none.
[[nodiscard]] std::optional<std::vector<std::string>> decode_question(std::string_view body);

[[nodiscard]] std::array<char, answer_head> encode_answer_head(commands::Status status,
                                                               std::size_t text_length) noexcept;

/// `stream`: all bytes up to the end of the stream. Empty: not a whole answer.
[[nodiscard]] std::optional<commands::Outcome> decode_answer(std::string_view stream);

}  // namespace ci::fronts
