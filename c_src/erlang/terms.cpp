#include "erlang/terms.h"

#include <cstdint>

#include "wire/utf8.h"

namespace ci::erlang {
namespace {

constexpr std::size_t max_words = 1'000;

bool append_character(long long character, std::string& out) {
    return character >= 0 && wire::append_utf8(static_cast<std::uint64_t>(character), out);
}

bool decode_characters(Terms& terms, int length, std::string& word) {
    if (!terms.list(length)) return false;
    for (int i = 0; i < length; ++i) {
        long long character = 0;
        if (!terms.number(character) || !append_character(character, word)) return false;
    }
    int none = 0;
    return terms.kind(none) == ERL_NIL_EXT && terms.list(none);
}

}  // namespace

bool decode_word(Terms& terms, std::string& word) {
    int size = 0;
    switch (terms.kind(size)) {
        case ERL_BINARY_EXT:
            return terms.binary(size, word);
        case ERL_ATOM_EXT:
            return terms.atom(word);
        case ERL_NIL_EXT:
            return terms.list(size);  // the empty string
        case ERL_LIST_EXT:
            return decode_characters(terms, size, word);
        case ERL_STRING_EXT: {
            std::string characters;
            if (!terms.string(size, characters)) return false;
            for (const char c : characters) append_character(static_cast<unsigned char>(c), word);
            return true;
        }
        case ERL_SMALL_INTEGER_EXT:
        case ERL_INTEGER_EXT:
        case ERL_SMALL_BIG_EXT: {
            long long number = 0;
            if (!terms.number(number)) return false;
            word = std::to_string(number);
            return true;
        }
        default:
            return false;
    }
}

std::optional<Rejection> decode_words(Terms& terms, std::vector<std::string>& words) {
    int length = 0;
    const std::size_t begin = terms.at();
    const int kind = terms.kind(length);
    if (kind == ERL_STRING_EXT) {  // the format's usual form of a list of small numbers
        std::string numbers;
        if (!terms.string(length, numbers)) return Rejection{Reason::bad_argument, begin};
        for (const char c : numbers) words.push_back(std::to_string(static_cast<unsigned char>(c)));
        return std::nullopt;
    }
    if (!terms.list(length)) return Rejection{Reason::not_a_request, begin};
    if (length > static_cast<int>(max_words)) return Rejection{Reason::too_many_terms, begin};
    for (int i = 0; i < length; ++i) {
        const std::size_t at = terms.at();
        if (!decode_word(terms, words.emplace_back())) return Rejection{Reason::bad_argument, at};
    }
    int none = 0;
    if (kind == ERL_LIST_EXT && terms.kind(none) != ERL_NIL_EXT) {
        return Rejection{Reason::not_a_request, begin};
    }
    return std::nullopt;
}

}  // namespace ci::erlang
