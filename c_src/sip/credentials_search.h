// The search for credentials in one text, which it goes through once.
#pragma once

#include <cstddef>
#include <string_view>

#include "sip/cover.h"
#include "sip/credentials_extent.h"
#include "sip/credentials_name.h"
#include "sip/letters.h"
#include "sip/mask_parts.h"

namespace ci::sip {

/// The secret parameters of Digest.
inline constexpr std::string_view secrets[] = {"response", "rspauth", "auts", "ik", "ck"};

class CredentialSearch {
  public:
    CredentialSearch(Cover& cover, Form form);

    /// True: another pass would find nothing more.
    bool run();

  private:
    /// Skips the lines behind the line end at `at` that cannot hold a name.
    [[nodiscard]] std::size_t quiet_until(std::size_t at) const;
    /// Returns the place behind the word, or behind the covered text.
    std::size_t mask_word(std::size_t at);
    /// Returns the place behind the header; 0: the name is only mentioned.
    std::size_t mask_header(const HeaderName& name, std::size_t begin);
    std::size_t mask_value(Kind kind, std::size_t begin, std::size_t at);
    /// Covers the value of a member of JSON or similar notation.
    std::size_t mask_member(Kind kind, std::size_t at);
    /// Covers a value inside the string that the quote at `open` opened.
    std::size_t mask_until_quote(Kind kind, std::size_t at, std::size_t open);
    void cover_all_of(Kind kind, std::size_t at, Extent extent);
    void hide(std::size_t begin, std::size_t end);
    /// The extent of a header whose value begins at `at`.
    [[nodiscard]] Extent extent_from(std::size_t at) const;
    [[nodiscard]] std::size_t end_of_brackets(std::size_t at) const;
    /// Covers the whole value of a header in a URI (RFC 3261 19.1.1).
    std::size_t cover_in_uri(std::size_t at);
    [[nodiscard]] bool is_version(std::size_t at) const;

    // Without a header's name: credentials_nameless.cpp.
    /// Covers `response="..."` that begins a line or follows a comma, or has a proof's digits.
    std::size_t mask_secret(std::size_t begin);
    /// Covers proofs in the parts of a value that stay readable.
    void cover_proofs(std::size_t begin, std::size_t end);
    /// Covers `Digest response=...`, and quoted strings of a scheme and a token.
    std::size_t mask_scheme(std::size_t begin);
    /// The first line of a text that lost its beginning may be the rest of credentials. Returns the
    /// place behind the covered rest; 0: nothing was covered.
    std::size_t cover_rest();
    /// Where the first Digest parameter between `begin` and `end` begins; `end`: there is none.
    [[nodiscard]] std::size_t find_trace(std::size_t begin, std::size_t end) const;

    [[nodiscard]] bool is(std::size_t at, char c) const {
        return at < letters_.size() && letters_[at] == c;
    }
    [[nodiscard]] bool is_quote(std::size_t at) const { return is(at, '"') || is(at, '\''); }
    static bool is_one_of(char c, std::string_view set) {
        return set.find(c) != std::string_view::npos;
    }
    /// RFC 7235 2.1, and `*`, which covers.
    static bool is_token68(char c) { return (is_word(c) || is_one_of(c, ".~+/=")) || c == '*'; }
    /// The place behind blanks, and behind line ends that blanks follow.
    [[nodiscard]] std::size_t behind_blanks(std::size_t at) const {
        while (at < letters_.size()) {
            std::size_t blank = at;
            while (blank < letters_.size() && letters_.is_line_end(blank)) ++blank;
            if (blank == letters_.size() || !letters_.is_space(blank)) return at;
            at = blank + 1;
        }
        return at;
    }
    /// True: the quote at `at` closes the string that the quote at `open` opened, or one around it.
    [[nodiscard]] bool closes(std::size_t at, std::size_t open) const {
        return letters_[at] == letters_[open] && letters_.depth(at) <= letters_.depth(open);
    }

    Cover& cover_;
    const Form form_;
    const std::string_view text_;  ///< before this pass covers anything
    const Letters letters_;
    bool is_json_ = false;
    bool in_string_ = false;   ///< inside a JSON string
    bool begins_line_ = true;  ///< no word since the last line end
    unsigned line_depth_ = 0;  ///< depth of the last line end
    bool is_settled_ = true;
};

}  // namespace ci::sip
