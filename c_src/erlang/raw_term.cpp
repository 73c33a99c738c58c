#include "erlang/raw_term.h"

#include "erlang/terms.h"

namespace ci::erlang {
namespace {

constexpr int most_elements = 1'000;

/// Takes `count` elements off the front of `rest`. Empty: there are not so many.
std::optional<std::vector<RawTerm>> take(RawTerm& rest, int count) {
    if (count > most_elements) return std::nullopt;
    std::vector<RawTerm> elements;
    for (int i = 0; i < count; ++i) {
        const std::size_t size = element_size(wire::as_bytes(rest));
        if (size == 0) return std::nullopt;
        elements.push_back(rest.substr(0, size));
        rest.remove_prefix(size);
    }
    return elements;
}

Terms terms_of(RawTerm term) {
    return {wire::as_bytes(term), term.size()};
}

}  // namespace

std::optional<std::vector<RawTerm>> tuple_of(RawTerm term) {
    Terms terms = terms_of(term);
    int arity = 0;
    if (!terms.tuple(arity)) return std::nullopt;
    term.remove_prefix(terms.at());
    return take(term, arity);
}

std::optional<std::vector<RawTerm>> list_of(RawTerm term) {
    std::vector<RawTerm> all;
    while (true) {  // a list's tail may be a list again
        Terms terms = terms_of(term);
        int length = 0;
        if (!terms.list(length)) return std::nullopt;
        term.remove_prefix(terms.at());
        if (length == 0) return all;
        const auto elements = take(term, length);
        if (!elements) return std::nullopt;
        all.insert(all.end(), elements->begin(), elements->end());
    }
}

SoundElements sound_elements_of(RawTerm refused) {
    constexpr char small_tuple = 104;
    if (refused.size() < 2 || refused[0] != small_tuple) return {{}, refused};
    SoundElements sound{{}, refused.substr(2)};
    for (auto left = static_cast<unsigned char>(refused[1]); left > 0; --left) {
        const std::size_t size = element_size(wire::as_bytes(sound.rest));
        if (size == 0) break;
        sound.elements.push_back(sound.rest.substr(0, size));
        sound.rest.remove_prefix(size);
    }
    return sound;
}

std::optional<std::string> atom_of(RawTerm term) {
    std::string name;
    if (!terms_of(term).atom(name)) return std::nullopt;
    return name;
}

bool is_atom(RawTerm term, std::string_view name) {
    return atom_of(term) == name;
}

std::optional<std::uint64_t> number_of(RawTerm term) {
    unsigned long long number = 0;
    if (!terms_of(term).number(number)) return std::nullopt;
    return number;
}

std::optional<std::vector<std::string>> words_of(RawTerm list) {
    Terms terms = terms_of(list);
    std::vector<std::string> words;
    if (decode_words(terms, words)) return std::nullopt;
    return words;
}

std::optional<Process> process_of(RawTerm term) {
    erlang_pid pid{};
    int at = 0;
    int type = 0;
    int size = 0;
    if (term.empty() || ei_get_type(term.data(), &at, &type, &size) != 0) return std::nullopt;
    if (type != ERL_PID_EXT && type != ERL_NEW_PID_EXT) return std::nullopt;
    if (ei_decode_pid(term.data(), &at, &pid) != 0) return std::nullopt;
    return Process{pid.node, pid.num};
}

}  // namespace ci::erlang
