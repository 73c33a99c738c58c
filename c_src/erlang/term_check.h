// Is this one whole Erlang term? Asked of every term that came from outside, before libei sees it.
//
//   131 term                                  the external term format's version, then one term
//
// libei's decoders are given no length: they believe every length and count that the bytes hold,
// and its skipping recurses as deep as the term nests. After this check they can be used on the
// same bytes without reading past their end.
//
// Source: "Erlang External Term Format", ERTS reference manual. Refused although well-formed:
// funs (code is not data), compressed terms (a small one can hold a huge one), cache references,
// and the 31 byte text of FLOAT_EXT, which nothing has sent since OTP 17.
#pragma once

#include <cstddef>
#include <cstdint>

#include "wire/reader.h"
#include "wire/result.h"

namespace ci::erlang {

enum class Reason : std::uint8_t {
    no_version,      ///< does not begin with the version byte 131
    truncated,       ///< ends within a term, or a length points past the end
    unknown_tag,     ///< a term of a kind that is refused or does not exist
    bad_length,      ///< a length or count that no such term can have
    bad_atom,        ///< more than 255 characters, or not UTF-8 where UTF-8 is said
    bad_number,      ///< infinity, not a number, or a big integer without a proper sign
    too_deep,        ///< nested deeper than Limits::depth
    too_many_terms,  ///< more than Limits::terms
    tail,            ///< bytes after the end of the term
    not_a_request,   ///< a sound term, but not {req, Id, Op, Args} or {credit, N}
    unknown_op,      ///< a request for something other than `command` or `amqp`
    bad_argument,    ///< an argument that is no text: binary, string, atom or integer
};

/// "ends within a term", for a log line or an answer.
const char* to_string(Reason reason) noexcept;

using Rejection = wire::Rejection<Reason>;
template <class T>
using Result = wire::Result<T, Reason>;

/// No term nests deeper than this, whatever Limits say: the check keeps its place in an array.
inline constexpr std::size_t max_depth = 64;

struct Limits {
    std::size_t depth = 32;         ///< a flat list has depth 1; at most max_depth
    std::size_t terms = 1'000'000;  ///< elements of lists, tuples and maps included
};

/// What a sound term is made of.
struct Shape {
    std::size_t terms = 0;
    std::size_t depth = 0;
    friend bool operator==(const Shape&, const Shape&) = default;
};

/// Total: any bytes give a Shape or a Rejection; nothing is thrown, allocated or recursed. O(n).
/// `at` of a rejection is the first byte of the term that is refused. All terms that begin before
/// it and have no elements are whole: a caller may still read those.
[[nodiscard]] Result<Shape> check_term(wire::Bytes bytes, const Limits& limits = {}) noexcept;

}  // namespace ci::erlang
