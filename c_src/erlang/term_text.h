// Erlang terms as text, as io_lib prints them with ~p and file:consult reads them: atoms, numbers,
// strings, binaries, lists, tuples, maps; no pids, references, functions, bit strings.
//
// Octets of strings and binaries are those of the text: ~p prints a binary as text if all of its
// octets are printable Latin-1, and the file then holds them as they were. Literals that stand side
// by side are one, as in Erlang: ~p breaks long ones over lines.
// Erlang/OTP: io_lib_pretty, erl_scan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/result.h"

namespace ci::erlang {

struct Term {
    enum class Kind : std::uint8_t { atom, integer, real, string, binary, list, tuple, map };
    Kind kind = Kind::atom;
    std::string text;         ///< of what has no items: an atom's name, a number's digits, octets
    std::vector<Term> items;  ///< of a list or tuple; of a map keys and values in turn
};

enum class TextReason : std::uint8_t {
    cut,       ///< the text ends within the term, or before its full stop
    syntax,    ///< this is no such term
    too_large  ///< nested deeper, or made of more terms, than is read
};

inline constexpr std::size_t deepest_text = 32;
inline constexpr std::size_t most_terms_in_text = 65'536;

/// Takes a term and its full stop off the front of `text`, blanks and comments before it likewise.
/// On a rejection `text` stays, and `at` is a place in it. Total and linear.
wire::Result<Term, TextReason> take_term_text(std::string_view& text);

}  // namespace ci::erlang
