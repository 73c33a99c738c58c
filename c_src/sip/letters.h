// The characters of a text with escapes undone: those of JSON strings, nested or not, and of URIs.
//
// A letter is a plain octet, or a whole escape: `\n`, `\"`, `\u0041`, `\x41`, `%41`, `%2541`. The
// depth of a letter is the number of strings around it: 0 plain, 1 `\"`, 2 `\\\"`. The number of
// backslashes before the character gives the depth, even if some are escaped backslashes.
// RFC 8259 7 (JSON), RFC 3986 2.1 (URIs).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace ci::sip {

class Letters {
  public:
    static constexpr unsigned in_uri = 15;  ///< the depth of `%41`

    /// The caller keeps `text` alive. A text without escapes is not copied.
    explicit Letters(std::string_view text);

    [[nodiscard]] std::size_t size() const noexcept {
        return is_plain_ ? text_.size() : letters_.size();
    }
    [[nodiscard]] char operator[](std::size_t i) const noexcept {
        return is_plain_ ? text_[i] : letters_[i].character;
    }
    [[nodiscard]] unsigned depth(std::size_t i) const noexcept {
        return is_plain_ ? 0 : letters_[i].depth;
    }
    /// Where letter `i` begins in the text; for `size()`, the text's end.
    [[nodiscard]] std::size_t offset(std::size_t i) const noexcept {
        if (is_plain_) return i;
        return i < letters_.size() ? letters_[i].offset : text_.size();
    }
    [[nodiscard]] bool is_plain() const noexcept { return is_plain_; }

    [[nodiscard]] bool is_line_end(std::size_t i) const noexcept {
        const char c = (*this)[i];
        return c == '\r' || c == '\n';
    }
    /// White space that may begin a folded line, vertical tabs included.
    [[nodiscard]] bool is_space(std::size_t i) const noexcept {
        const char c = (*this)[i];
        return c == ' ' || c == '\t' || c == '\v' || c == '\f';
    }

  private:
    struct Letter {
        std::uint32_t offset = 0;
        char character = 0;
        std::uint8_t depth = 0;
    };
    void read_backslashes(std::size_t& at);
    void read_percent(std::size_t& at);
    void add(std::size_t offset, unsigned value, unsigned depth);

    std::string_view text_;
    bool is_plain_ = true;
    std::vector<Letter> letters_;
};

}  // namespace ci::sip
