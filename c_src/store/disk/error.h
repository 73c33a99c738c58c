// How the store says that something failed. One convention for all its rooms:
//
// - What is given a descriptor only does not know the file's name. It returns 0 or the errno, like
//   the system calls that it wraps (file_io.h).
// - What knows the name turns the errno into an Error, at once and nowhere else. It returns an
//   Error that is false if all went well, as std::error_code, or wire::expected<T, Error> if it
//   has something to return. A result that tells how far something got has a member `error`.
//
// Texts are made of an Error where someone reads them: in an answer, or in the log.
#pragma once

#include <string>

namespace ci::store {

/// Reasons that are no errno, which are positive.
inline constexpr int not_regular = -1;  ///< a pipe, a socket, a device
inline constexpr int in_use = -2;       ///< by another process
inline constexpr int pinned = -3;

struct Error {
    int code = 0;      ///< an errno, or one of the reasons above; 0: no error
    std::string what;  ///< the path; before it, perhaps, what was tried

    explicit operator bool() const noexcept { return code != 0; }
    /// "No space left on device"
    [[nodiscard]] std::string why() const;
    /// "PATH: No space left on device"; empty if there is no error.
    [[nodiscard]] std::string text() const;
};

}  // namespace ci::store
