// Any text is an expression or a mistake at a place in it; an expression that is printed is read as
// the same; and it can be asked of any row. The row is made of the same bytes, as a message and as
// a stored row.
#include <string>

#include "calls/expression.h"
#include "must.h"
#include "wire/utf8.h"

namespace ci::fuzz {
namespace {

const calls::Surroundings& surroundings() {
    static const calls::Surroundings all{1'795'225'910'000'000,
                                         {{"fs", {*wire::parse_network("10.0.0.0/8")}}}};
    return all;
}

void reads_back(const calls::Expression& expression) {
    const std::string text = calls::to_text(expression);
    if (text.size() > calls::longest_expression) return;  // its quotes made it too long
    const auto again = calls::parse_expression(text, surroundings());
    must(bool(again), "what is printed is an expression");
    must(*again == expression, "what is printed is the same");
    must(calls::to_text(*again) == text, "and is printed as the same");
}

void row_is_total(std::string_view bytes, const calls::Expression& expression) {
    calls::Row row("call@example.com");
    chunk::Chunk chunk;
    chunk.ref_timestamp = 1'795'225'910'000'000;
    chunk.src = "10.0.0.1:5060";
    chunk.dst = bytes.substr(0, 24);
    chunk.message = bytes;
    row.take(chunk);
    const auto read = calls::Row::from_bytes(row.call_id(), row.to_bytes());
    must(read && *read == row, "a row survives being stored");
    must(row.to_bytes().size() < 4'096, "a row of one message is short");
    (void)calls::matches(row, expression);
    if (const auto stored = calls::Row::from_bytes("call@example.com", bytes)) {
        (void)calls::matches(*stored, expression);
        (void)stored->outcome();
        (void)stored->messages();
        const auto again = calls::Row::from_bytes("call@example.com", stored->to_bytes());
        must(again && *again == *stored, "a stored row survives being stored");
    }
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace ci;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto expression = calls::parse_expression(bytes, fuzz::surroundings());
    if (expression) {
        fuzz::must(expression->terms.size() <= calls::most_terms, "terms are bounded");
        fuzz::reads_back(*expression);
    } else {
        fuzz::must(!expression.error().text.empty(), "a mistake is told");
        fuzz::must(expression.error().column >= 1 && expression.error().column <= size + 1,
                   "its place is in the text");
    }
    fuzz::row_is_total(bytes, expression ? *expression : calls::Expression());
    return 0;
}
