// Credentials that no header's name announces: proofs, schemes, the rest of a header that was cut.
#include <algorithm>
#include <string>

#include "sip/credentials_search.h"
#include "sip/text.h"

namespace ci::sip {
namespace {

/// A value of this many hexadecimal digits (MD5's) or more is a proof, wherever it stands.
constexpr std::size_t least_proof = 32;

bool is_parameter(std::string_view name) noexcept {
    return is_harmless_parameter(name) ||
           std::any_of(std::begin(secrets), std::end(secrets),
                       [&](auto secret) { return equal_without_case(name, secret); });
}

bool is_hex(char c) noexcept {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

}  // namespace

std::size_t CredentialSearch::mask_secret(std::size_t begin) {
    std::size_t end = 0;
    for (const auto name : secrets) {
        if (end == 0) end = word_end(letters_, begin, name);
    }
    if (end == 0) return 0;
    std::size_t at = end;
    const bool is_key = is_quote(at);
    if (is_key) ++at;
    at = behind_blanks(at);
    if (!is(at, '=') && !is(at, ':')) return 0;
    const bool is_parameter =
        is(at, '=') && !is_key && (begins_line_ || is(before_blanks(letters_, begin, 0) - 1, ','));
    at = behind_blanks(at + 1);
    const bool is_quoted = is_quote(at);
    const std::size_t open = at;
    if (is_quoted) ++at;
    const std::size_t value = at;
    while (at < letters_.size() && is_hex(letters_[at])) ++at;
    if (at - value < least_proof) {
        if (!is_parameter || !is_quoted) return 0;
        at = value;
        while (at < letters_.size() && !letters_.is_line_end(at) && !closes(at, open)) {
            ++at;
        }
    }
    hide(value, at);
    return at;
}

void CredentialSearch::cover_proofs(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end;) {
        if (!is_word(letters_[at])) {
            ++at;
            continue;
        }
        const std::size_t next = may_begin_name(letters_, at) ? mask_secret(at) : 0;
        if (next != 0) {
            at = next;
            continue;
        }
        while (at < end && is_word(letters_[at])) ++at;
    }
}

std::size_t CredentialSearch::mask_scheme(std::size_t begin) {
    if (std::size_t at = word_end(letters_, begin, "digest"); at != 0) {
        const std::size_t value = behind_blanks(at);
        if (value == at) return 0;
        std::string name;
        for (at = value; at < letters_.size() && is_token(letters_[at]); ++at) {
            name += letters_[at];
        }
        if (!is_parameter(name) || !is(behind_blanks(at), '=')) return 0;
        const Extent extent = extent_from(value);
        cover_all_of(Kind::info, value, extent);
        return extent.end;
    }
    for (const std::string_view scheme : {"basic", "bearer"}) {
        const std::size_t at = word_end(letters_, begin, scheme);
        if (at == 0 || begin == 0 || !is_quote(begin - 1)) continue;
        const std::size_t value = behind_blanks(at);
        std::size_t end = value;
        while (end < letters_.size() && is_token68(letters_[end])) ++end;
        if (value == at || end == value || !is(end, letters_[begin - 1])) continue;
        hide(value, end);
        return end;
    }
    return 0;
}

std::size_t CredentialSearch::cover_rest() {
    std::size_t begin = 0;
    while (begin < letters_.size() &&
           (letters_.is_line_end(begin) || letters_.is_space(begin) || letters_[begin] == 0)) {
        ++begin;
    }
    const std::size_t line_end =
        extent_of(letters_, begin, letters_.size(), {0, any_quotes, false}).end;
    const std::size_t end = extent_of(letters_, begin, letters_.size(), {0, any_quotes, true}).end;
    std::size_t name_end = begin;
    while (name_end < end && is_token(letters_[name_end])) ++name_end;
    const std::size_t colon = behind_blanks(name_end);
    if (is(colon, ':') && colon < line_end) {
        std::string name;
        for (std::size_t i = begin; i < name_end; ++i) name += letters_[i];
        if (header_name(letters_, begin)) return 0;
        if (const auto kind = kind_of_cut_name(name)) {
            cover_all_of(*kind, colon + 1, {end, 0});
            return end;
        }
    }
    if (const std::size_t trace = find_trace(begin, line_end); trace < line_end) {
        hide(begin, trace);
        cover_all_of(Kind::info, trace, {end, 0});
        return end;
    }
    // A single word before the headers is the rest of a token.
    constexpr std::size_t least = 8;
    if (line_end - begin < least || line_end == letters_.size()) return 0;
    for (std::size_t i = begin; i < line_end; ++i) {
        if (!is_token68(letters_[i])) return 0;
    }
    hide(begin, line_end);
    return line_end;
}

std::size_t CredentialSearch::find_trace(std::size_t begin, std::size_t end) const {
    for (std::size_t at = begin; at < end; ++at) {
        if (!is_word(letters_[at])) continue;
        if (at == begin || is_one_of(letters_[at - 1], ", \t\r\n\"")) {
            const std::size_t behind = parameter_end(letters_, at);
            if (behind != 0 && is(behind_blanks(behind), '=')) return at;
        }
        while (at + 1 < end && is_word(letters_[at + 1])) ++at;
    }
    return end;
}

}  // namespace ci::sip
