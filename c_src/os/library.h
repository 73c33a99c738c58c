// Shared libraries that are loaded at their first use. A question on the command line uses none of
// them, and loading them would take most of its time.
#pragma once

#include <algorithm>
#include <cstddef>

namespace ci::os {

/// A loaded library; it stays loaded until the process ends.
class Library {
  public:
    /// `file`: as a linker would write it down ("libssl.so.3"). Throws std::runtime_error with a
    /// line for the operator.
    explicit Library(const char* file);

    /// The address of a function of this library or of one that it needs. Throws
    /// std::runtime_error.
    [[nodiscard]] void* find(const char* function) const;

  private:
    void* handle_;
};

/// libssl and libcrypto. Throws std::runtime_error; the next call tries again.
const Library& openssl();

template <std::size_t size>
struct Name {
    char text[size];
    consteval Name(const char (&name)[size]) { std::copy_n(name, size, text); }
};

/// A function of `library`, which is looked up when it is called for the first time.
template <const Library& (*library)(), class Pointer, Name name>
struct Late {
    operator Pointer() const {
        static const auto found = reinterpret_cast<Pointer>(library().find(name.text));
        return found;
    }
};

/// Within a namespace: `function` is called there as ever, but the program is not linked to it.
#define CI_LATE(library, function) \
    constexpr ::ci::os::Late<library, decltype(&::function), #function> function

}  // namespace ci::os
