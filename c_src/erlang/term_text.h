// Reads Erlang terms in the text form that io_lib prints with ~p and file:consult reads: atoms,
// numbers, strings, binaries, lists, tuples, maps; no pids, references, funs or bit strings.
//
// The octets of strings and binaries are those of the text: ~p prints a binary as text if all its
// octets are printable Latin-1, and the file then holds those octets unchanged. Adjacent literals
// are joined, as in Erlang, because ~p breaks long ones over lines.
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
    std::string text;         ///< an atom's name, a number's digits, a string's or binary's octets
    std::vector<Term> items;  ///< of a list or tuple; a map's keys and values alternate
};

enum class TextReason : std::uint8_t {
    cut,       ///< the text ends within the term, or before its full stop
    syntax,    ///< not a term of these kinds
    too_large  ///< deeper than deepest_text, or more than max_terms_in_text terms
};

inline constexpr std::size_t deepest_text = 32;
inline constexpr std::size_t max_terms_in_text = 65'536;

/// Takes a term and its full stop off the front of `text`, with blanks and comments before it.
/// On a rejection `text` is unchanged, and `at` is a place in it. Total and linear.
wire::Result<Term, TextReason> take_term_text(std::string_view& text);

}  // namespace ci::erlang
