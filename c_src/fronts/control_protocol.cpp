#include "fronts/control_protocol.h"

#include <cstdint>

#include "wire/reader.h"

namespace ci::fronts {

namespace {

constexpr std::uint32_t stays = 1U << 31U;

}  // namespace

std::optional<std::string> encode_question(std::span<const std::string> words, After after) {
    std::string body;
    for (const std::string& word : words) {
        body += word;
        body += '\0';
    }
    if (body.size() > question_limit) return std::nullopt;
    const std::size_t head = body.size() | (after == After::more ? stays : 0U);
    std::string question;
    for (int shift = 24; shift >= 0; shift -= 8) {
        question += static_cast<char>((head >> static_cast<unsigned>(shift)) & 0xFFU);
    }
    return question + body;
}

std::optional<QuestionHead> decode_question_head(std::array<char, question_head> head) noexcept {
    const auto word = wire::be_at<std::uint32_t>(wire::as_bytes({head.data(), head.size()}), 0);
    const std::size_t length = word & ~stays;
    if (length > question_limit) return std::nullopt;
    return QuestionHead{length, (word & stays) != 0 ? After::more : After::end};
}

std::optional<std::vector<std::string>> decode_question(std::string_view body) {
    std::vector<std::string> words;
    while (!body.empty()) {
        const std::size_t end = body.find('\0');
        if (end == std::string_view::npos) return std::nullopt;
        words.emplace_back(body.substr(0, end));
        body.remove_prefix(end + 1);
    }
    if (words.empty()) return std::nullopt;
    return words;
}

std::array<char, answer_head> encode_answer_head(commands::Status status,
                                                 std::size_t text_length) noexcept {
    std::array<char, answer_head> head{};
    head[0] = static_cast<char>(status);
    for (std::size_t i = 1; i < answer_head; ++i) {
        head[i] = static_cast<char>((text_length >> (8 * (answer_head - 1 - i))) & 0xFFU);
    }
    return head;
}

std::optional<commands::Outcome> decode_answer(std::string_view stream) {
    if (stream.size() < answer_head) return std::nullopt;
    const auto status = static_cast<unsigned char>(stream.front());
    const auto length = wire::be_at<std::uint64_t>(wire::as_bytes(stream), 1);
    stream.remove_prefix(answer_head);
    if (stream.size() != length || status > static_cast<unsigned char>(commands::Status::failed)) {
        return std::nullopt;
    }
    return commands::Outcome{static_cast<commands::Status>(status), std::string(stream)};
}

}  // namespace ci::fronts
