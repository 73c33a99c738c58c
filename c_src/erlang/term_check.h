// Checks that bytes are one whole Erlang term. Every term from outside is checked before libei
// decodes it.
//
//   131 term                                  the external term format's version, then one term
//
// libei's decoders get no length: they trust every length and count in the bytes, and libei's skip
// function recurses as deep as the term nests. Bytes that pass this check can be decoded without
// reading past their end.
//
// Source: "Erlang External Term Format", ERTS reference manual. Refused although well-formed:
// funs (code is not data) unless asked for, compressed terms (a small one can hold a huge one),
// atom cache references, and the 31-byte text of FLOAT_EXT, which no sender has used since OTP 17.
#pragma once

#include <cstddef>
#include <cstdint>

#include "wire/reader.h"
#include "wire/result.h"

namespace ci::erlang {

enum class Reason : std::uint8_t {
    no_version,      ///< the version byte 131 is missing
    truncated,       ///< ends within a term, or a length points past the end
    unknown_tag,     ///< a term of a kind that is refused or does not exist
    bad_length,      ///< a length or count that no such term can have
    bad_atom,        ///< more than 255 characters, or not UTF-8 although the tag says so
    bad_number,      ///< infinity, not a number, or a big integer without a proper sign
    too_deep,        ///< nested deeper than Limits::depth
    too_many_terms,  ///< more than Limits::terms
    tail,            ///< bytes after the end of the term
    not_a_request,   ///< a sound term, but not {req, Id, Op, Args} or {credit, N}
    unknown_op,      ///< a request for something other than `command` or `amqp`
    bad_argument,    ///< an argument other than a binary, string, atom or integer
};

/// "ends within a term", for a log line or an answer.
const char* to_string(Reason reason) noexcept;

using Rejection = wire::Rejection<Reason>;
template <class T>
using Result = wire::Result<T, Reason>;

/// The upper bound of Limits::depth: the check keeps its place in an array of this size.
inline constexpr std::size_t max_depth = 64;

struct Limits {
    std::size_t depth = 32;         ///< a flat list has depth 1; at most max_depth
    std::size_t terms = 1'000'000;  ///< elements of lists, tuples and maps included
    bool funs = false;              ///< accepts them, unread: libei must not be given one
};

/// The size of a sound term.
struct Shape {
    std::size_t terms = 0;
    std::size_t depth = 0;
    friend bool operator==(const Shape&, const Shape&) = default;
};

/// Total: any bytes give a Shape or a Rejection; nothing is thrown, allocated or recursed. O(n).
/// `at` of a rejection is the first byte of the refused term. All terms before it that have no
/// elements are whole, and the caller may still read them.
[[nodiscard]] Result<Shape> check_term(wire::Bytes bytes, const Limits& limits = {}) noexcept;

/// Likewise for bytes that go on after the term. The term's size, its version byte included.
[[nodiscard]] Result<std::size_t> first_term(wire::Bytes bytes, const Limits& limits = {}) noexcept;

/// The size of the element that `bytes` begin with, within a term that was checked. 0: none.
[[nodiscard]] std::size_t element_size(wire::Bytes bytes) noexcept;

}  // namespace ci::erlang
