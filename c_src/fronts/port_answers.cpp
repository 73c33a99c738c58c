#include "fronts/port_answers.h"

#include <algorithm>
#include <utility>

#include "fronts/port.h"
#include "wire/utf8.h"

namespace ci::fronts {

void LongAnswers::add(erlang::Id id, std::string text) {
    bytes_ += text.size();
    answers_.push_back({id, std::move(text)});
}

std::size_t LongAnswers::append_next(std::string& out) {
    std::size_t ended = 0;
    for (Answer& answer : answers_) {
        const auto rest = std::string_view(answer.text).substr(answer.told);
        const auto piece = rest.substr(0, wire::piece_length(rest, max_piece));
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
