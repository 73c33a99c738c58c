// The small formats: questions and answers of the control socket, recordings, the configuration.
#include "fronts/control_protocol.h"
#include "inspector/config.h"
#include "must.h"
#include "sources/recording.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace ci;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto words = fronts::decode_question(bytes)) {
        const auto question = fronts::encode_question(*words);
        fuzz::must(!question || question->substr(fronts::question_head) == bytes,
                   "a question comes back");
    }
    std::array<char, fronts::question_head> head{};
    if (bytes.copy(head.data(), head.size()) == head.size()) {
        const std::string_view body = bytes.substr(head.size());
        const auto question = fronts::decode_question_head(head);
        const auto words = fronts::decode_question(body);
        fuzz::must(!question || question->length <= fronts::question_limit, "bounded");
        if (question && question->length == body.size() && words) {
            fuzz::must(fronts::encode_question(*words, question->after) == bytes,
                       "a question comes back with its head");
        }
    }
    if (const auto answer = fronts::decode_answer(bytes)) {
        const auto head = fronts::encode_answer_head(answer->status, answer->text.size());
        fuzz::must(std::string(head.data(), head.size()) + answer->text == bytes,
                   "an answer comes back");
    }
    if (const auto records = sources::read_recording(bytes)) {
        for (const auto& record : *records) {
            fuzz::must(fuzz::lies_within(record.datagram, bytes), "a record is a part of the file");
        }
    } else {
        fuzz::must(records.error().at < size, "a broken record begins in the file");
    }
    if (const auto config = inspector::read_config(bytes)) {
        for (const auto& words : config->startup) {
            fuzz::must(words.size() == 3, "a parser is started with address and port");
        }
    }
    return 0;
}
