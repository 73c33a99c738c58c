#include "fronts/port_answers.h"

#include <algorithm>
#include <utility>

#include "fronts/port.h"

namespace ci::fronts {

std::size_t piece_length(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text.size();
    constexpr std::size_t longest_character = 4;
    const auto continues = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
    };
    std::size_t length = most;
    while (continues(length) && most - length < longest_character) --length;
    return continues(length) ? most : length;
}

void LongAnswers::add(erlang::Id id, std::string text) {
    bytes_ += text.size();
    answers_.push_back({id, std::move(text)});
}

std::size_t LongAnswers::append_next(std::string& out) {
    std::size_t ended = 0;
    for (Answer& answer : answers_) {
        const auto rest = std::string_view(answer.text).substr(answer.told);
        const auto piece = rest.substr(0, piece_length(rest, max_piece));
        if (piece.size() == rest.size()) {
            erlang::append_ok(answer.id, piece, out);
            ++ended;
        } else {
            erlang::append_more(answer.id, piece, out);
        }
        answer.told += piece.size();
        bytes_ -= piece.size();
    }
    std::erase_if(answers_, [](const Answer& a) { return a.told == a.text.size(); });
    return ended;
}

}  // namespace ci::fronts
