#include "erlang/term_check.h"

#include <algorithm>
#include <array>
#include <optional>

#include "wire/utf8.h"

namespace ci::erlang {
namespace {

// The supported tags of the external term format; the numbers are the manual's.
enum Tag : std::uint8_t {
    new_float = 70,
    bit_binary = 77,
    new_pid = 88,
    new_port = 89,
    newer_reference = 90,
    small_integer = 97,
    integer = 98,
    atom = 100,
    reference = 101,
    port = 102,
    pid = 103,
    small_tuple = 104,
    large_tuple = 105,
    nil = 106,
    string = 107,
    list = 108,
    binary = 109,
    small_big = 110,
    large_big = 111,
    new_reference = 114,
    small_atom = 115,
    new_fun = 112,
    exported_fun = 113,
    map = 116,
    atom_utf8 = 118,
    small_atom_utf8 = 119,
    v4_port = 120,
};

constexpr std::byte version{131};
constexpr std::size_t max_atom_characters = 255;
constexpr std::size_t max_reference_words = 5;  // since OTP 24; three before

using wire::be_at;
using wire::Bytes;

/// One term without its elements: its size in bytes, and the number of elements that follow it.
struct Piece {
    std::size_t size = 0;
    std::size_t elements = 0;
    bool nests = false;  ///< a list, tuple or map with elements
};

using Checked = wire::expected<Piece, Reason>;

/// A number in the head of a term. Empty: the bytes end before it.
template <class Int>
std::optional<std::size_t> number_at(Bytes bytes, std::size_t at) {
    if (bytes.size() < at || bytes.size() - at < sizeof(Int)) return std::nullopt;
    return be_at<Int>(bytes, at);
}

Checked fixed(Bytes term, std::size_t size) {
    if (term.size() < size) return Reason::truncated;
    return Piece{size};
}

/// A head of `head` bytes, whose last sizeof(Int) bytes hold the number of bytes that follow.
template <class Int>
Checked counted(Bytes term, std::size_t extra = 0) {
    constexpr std::size_t head = 1 + sizeof(Int);
    const auto length = number_at<Int>(term, 1);
    if (!length || term.size() - head < extra || term.size() - head - extra < *length) {
        return Reason::truncated;
    }
    return Piece{head + extra + *length};
}

template <class Int>
Checked check_atom(Bytes term, bool utf8) {
    const auto piece = counted<Int>(term);
    if (!piece) return piece;
    constexpr std::size_t head = 1 + sizeof(Int);
    const auto name = wire::as_text(term.subspan(head, piece->size - head));
    const auto characters = utf8 ? wire::count_utf8(name) : name.size();
    if (!characters || *characters > max_atom_characters) return Reason::bad_atom;
    return piece;
}

Checked check_any_atom(Bytes term) {
    if (term.empty()) return Reason::truncated;
    switch (std::to_integer<std::uint8_t>(term[0])) {
        case atom:
            return check_atom<std::uint16_t>(term, false);
        case small_atom:
            return check_atom<std::uint8_t>(term, false);
        case atom_utf8:
            return check_atom<std::uint16_t>(term, true);
        case small_atom_utf8:
            return check_atom<std::uint8_t>(term, true);
        default:
            return Reason::unknown_tag;
    }
}

/// Processes, ports and references: `head` bytes, the node's name, `tail` bytes.
Checked check_identifier(Bytes term, std::size_t head, std::size_t tail) {
    if (term.size() < head) return Reason::truncated;
    const auto node = check_any_atom(term.subspan(head));
    if (!node) return node;
    return fixed(term, head + node->size + tail);
}

Checked check_reference(Bytes term, std::size_t creation) {
    const auto words = number_at<std::uint16_t>(term, 1);
    if (!words) return Reason::truncated;
    if (*words == 0 || *words > max_reference_words) return Reason::bad_length;
    return check_identifier(term, 3, creation + *words * 4);
}

/// Every element takes at least one byte, so a count larger than the number of remaining bytes is
/// refused.
template <class Int>
Checked elements(Bytes term, std::size_t per_count, std::size_t tail) {
    constexpr std::size_t head = 1 + sizeof(Int);
    const auto count = number_at<Int>(term, 1);
    if (!count) return Reason::truncated;
    const std::size_t all = *count * per_count + tail;
    if (all > term.size() - head) return Reason::truncated;
    return Piece{head, all, all > 0};
}

template <class Int>
Checked check_big(Bytes term) {
    const auto piece = counted<Int>(term, 1);
    if (!piece) return piece;
    if (std::to_integer<int>(term[1 + sizeof(Int)]) > 1) return Reason::bad_number;
    return piece;
}

Checked check_float(Bytes term) {
    const auto piece = fixed(term, 9);
    if (!piece) return piece;
    constexpr std::uint64_t exponent = 0x7ff0'0000'0000'0000;
    if ((be_at<std::uint64_t>(term, 1) & exponent) == exponent) return Reason::bad_number;
    return piece;
}

Checked check_bit_binary(Bytes term) {
    const auto piece = counted<std::uint32_t>(term, 1);
    if (!piece) return piece;
    const auto bits_of_last_byte = std::to_integer<int>(term[5]);
    if (piece->size == 6 || bits_of_last_byte < 1 || bits_of_last_byte > 8) {
        return Reason::bad_length;
    }
    return piece;
}

/// A fun's length counts itself.
Checked check_fun(Bytes term) {
    const auto length = number_at<std::uint32_t>(term, 1);
    if (!length) return Reason::truncated;
    if (*length < sizeof(std::uint32_t)) return Reason::bad_length;
    return fixed(term, 1 + *length);
}

Checked check_piece(Bytes term, bool funs) {
    if (term.empty()) return Reason::truncated;
    switch (std::to_integer<std::uint8_t>(term[0])) {
        case small_integer:
            return fixed(term, 2);
        case integer:
            return fixed(term, 5);
        case nil:
            return fixed(term, 1);
        case new_float:
            return check_float(term);
        case small_big:
            return check_big<std::uint8_t>(term);
        case large_big:
            return check_big<std::uint32_t>(term);
        case binary:
            return counted<std::uint32_t>(term);
        case bit_binary:
            return check_bit_binary(term);
        case string:
            return counted<std::uint16_t>(term);
        case small_tuple:
            return elements<std::uint8_t>(term, 1, 0);
        case large_tuple:
            return elements<std::uint32_t>(term, 1, 0);
        case list:
            return elements<std::uint32_t>(term, 1, 1);
        case map:
            return elements<std::uint32_t>(term, 2, 0);
        case pid:
            return check_identifier(term, 1, 9);
        case new_pid:
            return check_identifier(term, 1, 12);
        case port:
            return check_identifier(term, 1, 5);
        case new_port:
            return check_identifier(term, 1, 8);
        case v4_port:
            return check_identifier(term, 1, 12);
        case reference:
            return check_identifier(term, 1, 5);
        case new_reference:
            return check_reference(term, 1);
        case newer_reference:
            return check_reference(term, 4);
        case new_fun:
            return funs ? check_fun(term) : Reason::unknown_tag;
        case exported_fun:
            if (!funs) return Reason::unknown_tag;
            return Piece{1, 3, true};
        default:
            return check_any_atom(term);
    }
}

}  // namespace

const char* to_string(Reason reason) noexcept {
    switch (reason) {
        case Reason::no_version:
            return "not in the external term format";
        case Reason::truncated:
            return "ends within a term";
        case Reason::unknown_tag:
            return "a kind of term that is not accepted";
        case Reason::bad_length:
            return "a length that no such term can have";
        case Reason::bad_atom:
            return "an atom that is too long or not UTF-8";
        case Reason::bad_number:
            return "a malformed number";
        case Reason::too_deep:
            return "nested too deeply";
        case Reason::too_many_terms:
            return "too many terms";
        case Reason::tail:
            return "bytes after the end of the term";
        case Reason::not_a_request:
            return "not {req, Id, Op, Args}";
        case Reason::unknown_op:
            return "an unknown operation";
        case Reason::bad_argument:
            return "an argument that is not text";
    }
    return "?";
}

namespace {

struct Walked {
    Shape shape;
    std::size_t end = 0;  ///< of the term
};

/// Walks over the term that begins at `at`.
Result<Walked> walk(Bytes bytes, std::size_t at, const Limits& limits) noexcept {
    // Terms still to come on each open level. There is no recursion, because the sender of the
    // bytes would choose its depth.
    std::array<std::size_t, max_depth + 1> to_come{1};
    const std::size_t deepest = std::min(limits.depth, max_depth);
    std::size_t level = 0;
    Shape shape;
    while (true) {
        while (to_come[level] == 0) {
            if (level == 0) return Walked{shape, at};
            --level;
        }
        --to_come[level];
        const auto piece = check_piece(bytes.subspan(at), limits.funs);
        if (!piece) return Rejection{piece.error(), at};
        if (++shape.terms > limits.terms) return Rejection{Reason::too_many_terms, at};
        if (piece->nests) {
            if (level == deepest) return Rejection{Reason::too_deep, at};
            to_come[++level] = piece->elements;
            shape.depth = std::max(shape.depth, level);
        }
        at += piece->size;
    }
}

}  // namespace

Result<Shape> check_term(Bytes bytes, const Limits& limits) noexcept {
    if (bytes.empty() || bytes[0] != version) return Rejection{Reason::no_version, 0};
    const auto walked = walk(bytes, 1, limits);
    if (!walked) return walked.error();
    if (walked->end != bytes.size()) return Rejection{Reason::tail, walked->end};
    return walked->shape;
}

Result<std::size_t> first_term(Bytes bytes, const Limits& limits) noexcept {
    if (bytes.empty() || bytes[0] != version) return Rejection{Reason::no_version, 0};
    const auto walked = walk(bytes, 1, limits);
    if (!walked) return walked.error();
    return walked->end;
}

std::size_t element_size(Bytes bytes) noexcept {
    Limits limits;
    limits.funs = true;
    const auto walked = walk(bytes, 0, limits);
    return walked ? walked->end : 0;
}

}  // namespace ci::erlang
