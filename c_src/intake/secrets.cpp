#include "intake/secrets.h"

#include <algorithm>
#include <cstddef>

#include "sip/text.h"

namespace ci::intake {
namespace {

/// Hex digits of 32 bytes, the length of TLS 1.3's shorter secrets. TLS 1.2's have 48 bytes.
constexpr std::size_t least_key_digits = 64;

bool is_hex(char c) {
    return sip::is_digit(c) || (sip::to_lower(c) >= 'a' && sip::to_lower(c) <= 'f');
}
bool is_word(char c) {
    return sip::is_digit(c) || (sip::to_lower(c) >= 'a' && sip::to_lower(c) <= 'z') || c == '_' ||
           c == '-';
}

/// The length of the secret's name that `text` begins with, or 0.
std::size_t secret_name(std::string_view text) {
    constexpr std::string_view names[] = {"master-key",    "master_key",  "master key", "masterkey",
                                          "private-key",   "private_key", "auth-key",   "auth_key",
                                          "client_random", "secret",      "passw"};
    // Most letters begin no name.
    if (std::string_view("mpacsMPACS").find(text.front()) == std::string_view::npos) return 0;
    for (const auto name : names) {
        if (sip::equal_without_case(text.substr(0, name.size()), name)) return name.size();
    }
    return 0;
}

std::size_t run_of_hex(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && is_hex(text[end])) ++end;
    return end - at;
}

/// The end of a quoted value whose opening quote has `backslashes` before it: JSON within JSON
/// escapes its quotes.
std::size_t end_of_quoted(std::string_view text, std::size_t at, std::size_t backslashes) {
    std::size_t before = 0;
    for (; at < text.size(); ++at) {
        if (text[at] == '"' && before <= backslashes) return at - before;
        before = text[at] == '\\' ? before + 1 : 0;
    }
    return text.size();
}

/// The place of a secret's value.
struct Value {
    std::size_t begin = 0, end = 0;
};

/// `at` is after a secret's name. An empty result: no value follows, and the search goes on at its
/// position.
Value find_value(std::string_view text, std::size_t at) {
    while (at < text.size() && is_word(text[at])) ++at;  // "client_traffic_secret_0"
    bool is_assigned = false;
    std::size_t backslashes = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"' && is_assigned) {
            return {at + 1, end_of_quoted(text, at + 1, backslashes)};
        }
        if (c == ':' || c == '=') {
            is_assigned = true;
        } else if (c != '"' && c != '\\' && c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            break;
        }
        backslashes = c == '\\' ? backslashes + 1 : 0;
        ++at;
    }
    if (is_assigned && at < text.size() && (text[at] == '{' || text[at] == '[')) {
        return {at, text.size()};  // removes the rest of the text, because a wrong end would reveal
                                   // the secret
    }
    if (is_assigned) {
        return {at, std::min(text.find_first_of(" \t\r\n\",;&}\\", at), text.size())};
    }
    // A line of a key log: the name, then one or two hex numbers.
    Value value{at, at};
    while (run_of_hex(text, at) >= least_key_digits / 2) {
        value.end = at + run_of_hex(text, at);
        at = std::min(text.find_first_not_of(' ', value.end), text.size());
    }
    return value;
}

}  // namespace

void append_without_secrets(std::string_view text, std::string& out) {
    std::size_t copied = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto name = secret_name(text.substr(at));
        if (name == 0) {
            ++at;
            continue;
        }
        const auto value = find_value(text, at + name);
        at = value.begin;
        if (value.begin == value.end) continue;
        out += text.substr(copied, value.begin - copied);
        out += removed;
        copied = at = value.end;
    }
    out += text.substr(copied);
}

void append_without_keys(std::string_view text, std::string& out) {
    for (std::size_t at = 0; at < text.size();) {
        const auto digits = run_of_hex(text, at);
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
