#include "intake/secrets.h"

#include <cstddef>

#include "sip/letters.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::intake {
namespace {

using sip::Letters;
using wire::npos;

/// Hex digits of 32 bytes, the length of TLS 1.3's shorter secrets. TLS 1.2's have 48 bytes.
constexpr std::size_t least_key_digits = 64;

bool is_hex(char c) {
    return sip::is_digit(c) || (sip::to_lower(c) >= 'a' && sip::to_lower(c) <= 'f');
}
bool is_word(char c) {
    return sip::is_digit(c) || (sip::to_lower(c) >= 'a' && sip::to_lower(c) <= 'z') || c == '_' ||
           c == '-';
}

/// The number of letters of the secret's name that begins at letter `at`, or 0.
std::size_t secret_name(const Letters& letters, std::size_t at) {
    constexpr std::string_view names[] = {"master-key",    "master_key",  "master key", "masterkey",
                                          "private-key",   "private_key", "auth-key",   "auth_key",
                                          "client_random", "secret",      "passw"};
    // Most letters begin no name.
    if (std::string_view("mpacs").find(sip::to_lower(letters[at])) == npos) return 0;
    for (const auto name : names) {
        if (name.size() > letters.size() - at) continue;
        std::size_t same = 0;
        while (same < name.size() && sip::to_lower(letters[at + same]) == name[same]) ++same;
        if (same == name.size()) return same;
    }
    return 0;
}

std::size_t run_of_hex(const Letters& letters, std::size_t at) {
    std::size_t end = at;
    while (end < letters.size() && is_hex(letters[end])) ++end;
    return end - at;
}

/// The end of a quoted value whose opening quote has this depth: JSON within JSON escapes its
/// quotes.
std::size_t end_of_quoted(const Letters& letters, std::size_t at, unsigned depth) {
    while (at < letters.size() && (letters[at] != '"' || letters.depth(at) > depth)) ++at;
    return at;
}
/// The end of a value without quotes. A URI's escapes are part of the value.
std::size_t end_of_plain(const Letters& letters, std::size_t at) {
    constexpr std::string_view ends = " \t\r\n\",;&}";
    while (at < letters.size() &&
           (ends.find(letters[at]) == npos || letters.depth(at) == Letters::in_uri)) {
        ++at;
    }
    return at;
}

/// The letters of a secret's value.
struct Value {
    std::size_t begin = 0, end = 0;
};

/// `at` is after a secret's name. An empty result: no value follows, and the search goes on at its
/// position.
Value find_value(const Letters& letters, std::size_t at) {
    while (at < letters.size() && is_word(letters[at])) ++at;  // "client_traffic_secret_0"
    bool is_assigned = false;
    for (; at < letters.size(); ++at) {
        const char c = letters[at];
        if (c == '"' && is_assigned) {
            return {at + 1, end_of_quoted(letters, at + 1, letters.depth(at))};
        }
        if (c == ':' || c == '=') {
            is_assigned = true;
        } else if (std::string_view("\"\\ \t\r\n").find(c) == npos) {
            break;
        }
    }
    if (is_assigned && at < letters.size() && (letters[at] == '{' || letters[at] == '[')) {
        // Removes the rest of the text, because a wrong end would reveal the secret.
        return {at, letters.size()};
    }
    if (is_assigned) return {at, end_of_plain(letters, at)};
    // A line of a key log: the name, then one or two hex numbers.
    Value value{at, at};
    while (run_of_hex(letters, at) >= least_key_digits / 2) {
        value.end = at + run_of_hex(letters, at);
        at = value.end;
        while (at < letters.size() && letters[at] == ' ') ++at;
    }
    return value;
}

}  // namespace

void append_without_secrets(std::string_view text, std::string& out) {
    const Letters letters(text);
    std::size_t copied = 0;
    for (std::size_t at = 0; at < letters.size();) {
        const auto name = secret_name(letters, at);
        if (name == 0) {
            ++at;
            continue;
        }
        const auto value = find_value(letters, at + name);
        at = value.begin;
        if (value.begin == value.end) continue;
        const std::size_t begin = letters.offset(value.begin);
        out += text.substr(copied, begin - copied);
        out += removed;
        at = value.end;
        copied = letters.offset(value.end);
    }
    out += text.substr(copied);
}

void append_without_keys(std::string_view text, std::string& out) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t digits = 0;
        while (at + digits < text.size() && is_hex(text[at + digits])) ++digits;
        if (digits >= least_key_digits) {
            out += removed;
            at += digits;
        } else if (digits > 0) {
            out += text.substr(at, digits);
            at += digits;
        } else {
            out += text[at++];
        }
    }
}

}  // namespace ci::intake
