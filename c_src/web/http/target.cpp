#include "web/http/target.h"

#include <algorithm>
#include <optional>

namespace ci::web {
namespace {

using Rejected = wire::Rejection<BadTarget>;

int digit_of(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Empty: an escape is broken. A NUL would end the text for whoever reads it as C does.
std::optional<std::string> unescaped_part(std::string_view text, bool is_query) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += is_query && text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
        if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

bool is_allowed(char c) noexcept {
    return c > ' ' && c < '\x7f' && c != '#' && c != '"' && c != '<' && c != '>' && c != '\\' &&
           c != '^' && c != '`';
}

/// Calls `take` with each part between separators, and its place; false ends it.
template <class Take>
bool each_part(std::string_view text, char separator, Take take) {
    for (std::size_t begin = 0, n = 0;; ++n) {
        if (n == most_parts) return false;
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        if (!take(text.substr(begin, end - begin), begin)) return false;
        if (end == text.size()) return true;
        begin = end + 1;
    }
}

}  // namespace

std::string_view Target::parameter(std::string_view name) const noexcept {
    for (const auto& [known, value] : query) {
        if (known == name) return value;
    }
    return {};
}

bool Target::has(std::string_view name) const noexcept {
    return std::any_of(query.begin(), query.end(),
                       [&](const auto& one) { return one.first == name; });
}

wire::Result<Target, BadTarget> parse_target(std::string_view text) {
    if (!text.starts_with('/')) return Rejected{BadTarget::not_a_path, 0};
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_allowed(text[i])) return Rejected{BadTarget::bad_octet, i};
    }
    Target target;
    Rejected rejected{BadTarget::too_many_parts, 0};
    const std::size_t question = std::min(text.find('?'), text.size());
    const auto take_segment = [&](std::string_view part, std::size_t at) {
        auto segment = unescaped_part(part, false);
        if (!segment) {
            rejected = {BadTarget::bad_escape, at + 1};
            return false;
        }
        target.path.push_back(*std::move(segment));
        return true;
    };
    if (!each_part(text.substr(1, question - 1), '/', take_segment)) return rejected;
    if (question == text.size()) return target;
    const auto take_parameter = [&](std::string_view part, std::size_t at) {
        if (part.empty()) return true;
        const std::size_t equals = std::min(part.find('='), part.size());
        auto name = unescaped_part(part.substr(0, equals), true);
        auto value = unescaped_part(part.substr(std::min(equals + 1, part.size())), true);
        const bool is_right = name && value;
        if (!is_right) rejected = {BadTarget::bad_escape, question + 1 + at};
        if (!is_right) return false;
        if (target.has(*name)) {
            rejected = {BadTarget::twice, question + 1 + at};
            return false;
        }
        target.query.emplace_back(*std::move(name), *std::move(value));
        return true;
    };
    if (!each_part(text.substr(question + 1), '&', take_parameter)) return rejected;
    return target;
}

std::string escaped(std::string_view octets) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool is_digit = c >= '0' && c <= '9';
        if (is_letter || is_digit || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
        } else {
            out += '%';
            out += digits[octet >> 4U];
            out += digits[octet & 15U];
        }
    }
    return out;
}

}  // namespace ci::web
