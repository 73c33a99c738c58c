// Covers parts of a text with `*`. The text is copied only when the first octet has to change.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace ci::sip {

class Cover {
  public:
    /// The caller keeps both alive.
    Cover(std::string_view text, std::string& out) noexcept : text_(text), out_(out) {}

    [[nodiscard]] bool has_changed() const noexcept { return covered_ != 0; }
    /// Octets covered so far.
    [[nodiscard]] std::size_t covered() const noexcept { return covered_; }
    /// The text as covered so far. From the first change on the view stays valid.
    [[nodiscard]] std::string_view text() const noexcept {
        return has_changed() ? std::string_view(out_) : text_;
    }

    /// Keeps line ends, NULs, and blanks, because a folded line begins with a blank.
    void cover(std::size_t begin, std::size_t end) { cover_but({" \t\r\n\0", 5}, begin, end); }
    /// Keeps line ends, and NULs, which are padding.
    void cover_text(std::size_t begin, std::size_t end) { cover_but({"\r\n\0", 3}, begin, end); }

  private:
    void cover_but(std::string_view kept, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const char c = text()[i];
            if (c == '*' || kept.find(c) != std::string_view::npos) continue;
            if (!has_changed()) out_.assign(text_);
            ++covered_;
            out_[i] = '*';
        }
    }

    std::string_view text_;
    std::string& out_;
    std::size_t covered_ = 0;
};

/// Finds lines, whether they end in CRLF, LF, or a lone CR.
class LineStarts {
  public:
    explicit LineStarts(std::string_view text) noexcept : text_(text) {}

    /// Where the line that holds `at` ends, before its line end. `at` must not decrease between
    /// calls.
    [[nodiscard]] std::size_t end_of_line(std::size_t at) noexcept {
        if (!knows_lf_ || lf_ < at) {
            lf_ = std::min(text_.find('\n', at), text_.size());
            knows_lf_ = true;
        }
        const auto cr = text_.substr(at, lf_ - at).find('\r');
        return cr == std::string_view::npos ? lf_ : at + cr;
    }
    /// Where the line after the one that ends at `end` begins.
    [[nodiscard]] std::size_t next(std::size_t end) const noexcept {
        if (end < text_.size() && text_[end] == '\r') ++end;
        if (end < text_.size() && text_[end] == '\n') ++end;
        return end;
    }

  private:
    std::string_view text_;
    std::size_t lf_ = 0;  ///< the first LF from the last `at` on
    bool knows_lf_ = false;
};

}  // namespace ci::sip
