// The result of a decoder: a value, or the reason why there is none and the place of the error.
//
// Spelt like std::expected (`if (!r)`, `*r`, `r.error()`), which neither g++ 12 in C++20 nor
// clang 14 has. Once both have it, `expected` below becomes an alias and nothing else changes.
// Why not Boost.Outcome: docs/decisions/0001-result.md.
#pragma once

#include <cstddef>
#include <utility>
#include <variant>

namespace ci::wire {

/// Why bytes were refused, and the first byte that makes no sense.
template <class Reason>
struct Rejection {
    Reason reason;
    std::size_t at = 0;
    friend bool operator==(const Rejection&, const Rejection&) = default;
};

/// A value or an error. `T` and `E` are different types.
template <class T, class E>
class [[nodiscard]] expected {
  public:
    expected(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    expected(E error) : content_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const noexcept { return content_.index() == 0; }
    bool has_value() const noexcept { return content_.index() == 0; }

    // Undefined if there is no value, as with std::expected.
    T& operator*() & noexcept { return *std::get_if<0>(&content_); }
    const T& operator*() const& noexcept { return *std::get_if<0>(&content_); }
    T&& operator*() && noexcept { return std::move(*std::get_if<0>(&content_)); }
    T* operator->() noexcept { return std::get_if<0>(&content_); }
    const T* operator->() const noexcept { return std::get_if<0>(&content_); }

    E& error() & noexcept { return *std::get_if<1>(&content_); }
    const E& error() const& noexcept { return *std::get_if<1>(&content_); }

  private:
    std::variant<T, E> content_;
};

template <class T, class Reason>
using Result = expected<T, Rejection<Reason>>;

}  // namespace ci::wire
