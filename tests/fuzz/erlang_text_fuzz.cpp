// Any text gives a term or a reason; what was taken off the front is all that the term needs.
#include "erlang/term_text.h"
#include "must.h"

namespace ci::fuzz {
namespace {

std::size_t count(const erlang::Term& term, std::size_t depth) {
    must(depth < erlang::deepest_text, "not deeper than is read");
    must(term.text.empty() || term.items.empty(), "text or items");
    std::size_t terms = 1;
    for (const auto& item : term.items) terms += count(item, depth + 1);
    return terms;
}

bool equal(const erlang::Term& a, const erlang::Term& b) {
    if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size()) return false;
    for (std::size_t i = 0; i < a.items.size(); ++i) {
        if (!equal(a.items[i], b.items[i])) return false;
    }
    return true;
}

void text_is_total(std::string_view bytes) {
    std::string_view rest = bytes;
    const auto term = erlang::take_term_text(rest);
    if (!term) {
        must(rest == bytes, "a rejection takes nothing");
        must(term.error().at <= bytes.size(), "a rejection points into the text");
        return;
    }
    must(rest.size() < bytes.size(), "a term taken is gone");
    must(count(*term, 0) <= erlang::max_terms_in_text, "no more terms than are read");
    std::string_view alone = bytes.substr(0, bytes.size() - rest.size());
    const auto again = erlang::take_term_text(alone);
    must(bool(again) && alone.empty() && equal(*term, *again), "it needs what was taken");
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    ci::fuzz::text_is_total({reinterpret_cast<const char*>(data), size});
    return 0;
}
