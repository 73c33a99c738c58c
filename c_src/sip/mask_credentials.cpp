// Finds credentials in one pass: in every line, in every string of a text, in URIs.
#include <algorithm>
#include <string>

#include "sip/credentials_search.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::sip {

namespace {
using wire::npos;
}  // namespace

CredentialSearch::CredentialSearch(Cover& cover, Form form)
    : cover_(cover), form_(form), text_(cover.text()), letters_(text_) {
    const auto first = text_.find_first_not_of(" \t\r\n");
    is_json_ = first != npos && (text_[first] == '{' || text_[first] == '[');
}

bool CredentialSearch::run() {
    std::size_t at = form_ == Form::headless && !is_json_ ? cover_rest() : 0;
    while (at < letters_.size()) {
        const char c = letters_[at];
        if (letters_.is_line_end(at)) {
            line_depth_ = letters_.depth(at);
            begins_line_ = true;
            if (letters_.is_plain() && !is_json_) {
                at = quiet_until(at);
                continue;
            }
        } else if (is_word(c)) {
            at = mask_word(at);
            continue;
        } else if (c == '"' && letters_.depth(at) == 0) {
            in_string_ = is_json_ && !in_string_;
        }
        ++at;
    }
    return is_settled_;
}

std::size_t CredentialSearch::quiet_until(std::size_t at) const {
    const std::size_t anchor = next_anchor(text_, at + 1);
    if (anchor == npos) return letters_.size();
    std::size_t line = anchor;
    while (line > at + 1 && !letters_.is_line_end(line - 1)) --line;
    return line;
}

std::size_t CredentialSearch::mask_word(std::size_t at) {
    std::size_t next = 0;
    if (may_begin_name(letters_, at)) {
        if (const auto name = header_name(letters_, at)) next = mask_header(*name, at);
        if (next == 0) next = mask_secret(at);
        if (next == 0) next = mask_scheme(at);
    }
    begins_line_ = false;
    if (next != 0) return next;
    // "HTTP_AUTHORIZATION": a new word begins behind an underscore.
    while (at < letters_.size() && is_word(letters_[at])) {
        if (letters_[at++] == '_') break;
    }
    return at;
}

std::size_t CredentialSearch::mask_header(const HeaderName& name, std::size_t begin) {
    std::size_t at = name.end;
    const bool is_key = is_quote(at);
    if (is_key) ++at;
    at = behind_blanks(at);
    if (!is(at, ':') && !is(at, '=')) {
        if (is_key || !begins_line_ || form_ == Form::event || name.kind == Kind::challenge) {
            return 0;
        }
        const Extent extent = extent_from(name.end);
        hide(name.end, extent.end);
        return extent.end;
    }
    if (begin > 0 && is(at, '=') && is_one_of(letters_[begin - 1], "?&;")) {
        return cover_in_uri(at + 1);
    }
    if (letters_.depth(at) == Letters::in_uri) return cover_in_uri(at + 1);
    ++at;
    if (is(at, '>')) ++at;  // "=>"
    return is_key ? mask_member(name.kind, behind_blanks(at)) : mask_value(name.kind, begin, at);
}

std::size_t CredentialSearch::mask_value(Kind kind, std::size_t begin, std::size_t at) {
    // A quote behind JSON's punctuation opens a string, so the header is inside that string.
    if (begin > 0 && is_quote(begin - 1)) {
        std::size_t before = begin - 1;
        while (before > 0 && letters_.is_space(before - 1)) --before;
        if (before > 0 && is_one_of(letters_[before - 1], ":,[{(<")) {
            return mask_until_quote(kind, at, begin - 1);
        }
    }
    const Extent extent = extent_from(at);
    cover_all_of(kind, at, extent);
    return extent.end;
}

std::size_t CredentialSearch::mask_member(Kind kind, std::size_t at) {
    if (is_quote(at)) return mask_until_quote(kind, at + 1, at);
    std::size_t end = at;
    if (is(at, '[') || is(at, '{')) {
        end = end_of_brackets(at);
    } else {
        while (end < letters_.size() && !is_one_of(letters_[end], ",}]\r\n")) ++end;
    }
    hide(at, end);
    in_string_ = false;
    return end;
}

std::size_t CredentialSearch::mask_until_quote(Kind kind, std::size_t at, std::size_t open) {
    const unsigned depth = letters_.depth(open);
    const unsigned within = letters_[open] == '"' ? depth + 1 : depth;
    std::size_t end = at;
    while (end < letters_.size() && !closes(end, open)) ++end;
    // A line end in the string may end the header; the rest of the string is searched anew.
    const Extent extent = extent_of(letters_, at, end, {within, within, false});
    cover_all_of(kind, at, extent);
    return extent.end;
}

void CredentialSearch::cover_all_of(Kind kind, std::size_t at, Extent extent) {
    const bool is_understood = cover_value(cover_, letters_, kind, at, extent);
    is_settled_ = is_settled_ && is_understood && letters_.is_plain() && begins_line_;
    cover_proofs(at, extent.end);
}

void CredentialSearch::hide(std::size_t begin, std::size_t end) {
    const std::size_t before = cover_.covered();
    cover_letters(cover_, letters_, begin, end);
    is_settled_ = is_settled_ && cover_.covered() == before;
}

Extent CredentialSearch::extent_from(std::size_t at) const {
    const unsigned lines = std::max(begins_line_ ? line_depth_ : 0, in_string_ ? 1U : 0U);
    return extent_of(letters_, at, letters_.size(),
                     {lines, begins_line_ && lines == 0 ? any_quotes : lines,
                      begins_line_ && form_ != Form::event});
}

std::size_t CredentialSearch::end_of_brackets(std::size_t at) const {
    const unsigned depth = letters_.depth(at);
    std::size_t open = 0;
    bool in_string = false;
    for (; at < letters_.size(); ++at) {
        if (letters_[at] == '"' && letters_.depth(at) <= depth) in_string = !in_string;
        if (in_string) continue;
        if (is_one_of(letters_[at], "[{")) ++open;
        if (is_one_of(letters_[at], "]}") && --open == 0) return at;
    }
    return at;
}

std::size_t CredentialSearch::cover_in_uri(std::size_t at) {
    const auto ends = [&](std::size_t i) {
        return letters_.is_line_end(i) || is_one_of(letters_[i], "<>&\"");
    };
    const std::size_t begin = at;
    bool has_escapes = false;
    const auto go_on = [&](auto until) {
        for (; at < letters_.size(); ++at) {
            if (letters_.depth(at) == Letters::in_uri) {
                has_escapes = true;
            } else if (until(at)) {
                break;
            }
        }
    };
    go_on([&](std::size_t i) { return ends(i) || letters_.is_space(i); });
    // A blank should have been escaped and is part of the value, unless the version of the
    // start line follows.
    if (!has_escapes && at < letters_.size() && letters_.is_space(at) && !is_version(at + 1)) {
        const auto ends_line = [&](std::size_t i) {
            return letters_.is_line_end(i) || is_one_of(letters_[i], "<>&") ||
                   (letters_.is_space(i) && is_version(i + 1));
        };
        go_on(ends_line);
    }
    hide(begin, at);
    return at;
}

bool CredentialSearch::is_version(std::size_t at) const {
    return equal_without_case(text_.substr(letters_.offset(at), 4), "SIP/") ||
           equal_without_case(text_.substr(letters_.offset(at), 5), "HTTP/");
}

bool cover_credentials(Cover& cover, Form form) {
    return CredentialSearch(cover, form).run();
}

void cover_summary(Cover& cover) {
    const Letters letters(cover.text());
    for (std::size_t at = 0; at < letters.size(); ++at) {
        if (!is_word(letters[at]) || (at > 0 && is_word(letters[at - 1]))) continue;
        std::size_t end = 0;
        if (const auto name = header_name(letters, at); name && name->kind != Kind::challenge) {
            end = name->end;
        }
        for (const auto name : secrets) {
            const std::size_t behind = end == 0 ? word_end(letters, at, name) : 0;
            if (behind < letters.size() && behind != 0 && letters[behind] == '=') end = behind + 1;
        }
        if (end == 0) continue;
        return cover.cover_text(letters.offset(end), cover.text().size());
    }
}

}  // namespace ci::sip
