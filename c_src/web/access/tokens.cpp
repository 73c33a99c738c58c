#include "web/access/tokens.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "calls/uri.h"
#include "sip/text.h"
#include "web/access/secret.h"
#include "wire/visible.h"

namespace ci::web {
namespace {

using json = nlohmann::json;

constexpr std::size_t most_of_scope = 1'000;  ///< entries of one kind

std::string lower(std::string_view text) {
    std::string out;
    for (const char c : text) out += sip::to_lower(c);
    return out;
}

std::string read_scope(const json& value, calls::Scope& scope) {
    if (value.is_string()) {
        scope.is_all = value == "all";
        return scope.is_all ? "" : R"(scope: neither "all" nor an object)";
    }
    if (!value.is_object() || value.empty()) return R"(scope: neither "all" nor an object)";
    for (const auto& [kind, entries] : value.items()) {
        if (!entries.is_array() || entries.empty() || entries.size() > most_of_scope) {
            return "scope: " + kind + ": not an array of 1 to 1000 texts";
        }
        for (const json& entry : entries) {
            const std::string text = entry.is_string() ? entry.get<std::string>() : "";
            const std::string why = add_to_scope(kind, text, scope);
            if (!why.empty()) return "scope: " + why;
        }
    }
    return {};
}

std::string read_rights(const json& value, unsigned& rights) {
    if (!value.is_array() || value.empty()) return "rights: not an array of some";
    for (const json& one : value) {
        const auto* const found =
            std::find_if(std::begin(right_names), std::end(right_names),
                         [&](const auto& right) { return one == right.first; });
        if (found == std::end(right_names)) {
            return "rights: " + one.dump(-1, ' ', true, json::error_handler_t::replace) +
                   " is none of look, whole, watch, manage";
        }
        rights |= 1U << static_cast<unsigned>(found->second);
    }
    return {};
}

bool is_hash(std::string_view text) noexcept {
    return text.size() == 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The reason why not; empty: taken.
std::string take(const std::string& member, const json& value, Token& token, calls::Sight& sight) {
    if (member == "rights") return read_rights(value, token.rights);
    if (member == "scope") return read_scope(value, sight.scope);
    if (!value.is_string()) return member + ": unknown, or not a text";
    const std::string text = value.get<std::string>();
    if (member == "name") {
        token.name = text;
        return is_name(text) ? "" : "name: 1 to 64 of letters, digits and . _ - @";
    }
    if (member == "sha256") {
        token.sha256 = text;
        return is_hash(text) ? "" : "sha256: not 64 hexadecimal digits in lower case";
    }
    if (member == "scrypt") {
        token.scrypt = text;
        return is_scrypt(text) ? "" : "scrypt: not what web-token makes, or too weak or too costly";
    }
    if (member == "expires") {
        const auto time = time_of(text);
        token.expires = time.value_or(0);
        return time ? "" : "expires: neither 2027-01-31 nor 2027-01-31T12:00:00Z";
    }
    return member + ": unknown";
}

std::string what_is_missing(const Token& token, bool has_scope) {
    if (token.name.empty()) return "no name";
    if (token.sha256.empty() == token.scrypt.empty()) return "not one of sha256 and scrypt";
    if (token.rights == 0) return "no rights";
    const bool looks = token.has(Right::look);
    if (token.has(Right::whole) && !looks) return "rights: whole without look";
    if (looks && !has_scope) return "no scope";
    if (!looks && has_scope) return "a scope without the right to look";
    return {};
}

std::string read_line(std::string_view line, Token& token) {
    // A member that is there twice is refused: which one holds must not be a riddle.
    std::set<std::string> members;
    bool is_twice = false;
    const auto look = [&](int depth, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::key) {
            is_twice |= !members.insert(std::to_string(depth) + parsed.get<std::string>()).second;
        }
        return true;
    };
    const json object = json::parse(line, look, false);
    if (!object.is_object()) return "not a JSON object";
    if (is_twice) return "a member is there twice";
    auto sight = std::make_shared<calls::Sight>();
    for (const auto& [member, value] : object.items()) {
        std::string why = take(member, value, token, *sight);
        if (!why.empty()) return why;
    }
    sight->is_whole = token.has(Right::whole);
    std::string why = what_is_missing(token, object.contains("scope"));
    token.sight = std::move(sight);
    token.line = line;
    return why;
}

}  // namespace

bool Token::has(Right right) const noexcept {
    const auto bit = [&](Right one) { return (rights >> static_cast<unsigned>(one) & 1U) != 0; };
    switch (right) {
        case Right::to_log_in:
        case Right::none:
            return true;
        case Right::look_all:
            return bit(Right::look) && sight && sight->sees_all();
        case Right::watch:
            return bit(Right::watch) || bit(Right::manage);
        default:
            return bit(right);
    }
}

bool is_name(std::string_view name) noexcept {
    constexpr std::string_view known =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@";
    return !name.empty() && name.size() <= longest_name &&
           name.find_first_not_of(known) == std::string_view::npos;
}

std::string add_to_scope(std::string_view kind, std::string_view value, calls::Scope& scope) {
    const auto quoted = [&] { return " '" + wire::visible_line(value) + "'"; };
    if (kind == "networks") {
        const auto network = wire::parse_network(value);
        if (!network) return "not a network:" + quoted();
        scope.networks.push_back(*network);
    } else if (kind == "numbers") {
        const bool is_begin = value.ends_with('*') && value.size() > 1;
        const std::string_view user = value.substr(0, value.size() - (is_begin ? 1 : 0));
        const bool is_star = value == "*";  // it looks as if it meant everybody
        if (user.empty() || is_star || user.find_first_of("@;") != std::string_view::npos) {
            return "not a number or a user:" + quoted();
        }
        std::string number = calls::number_of(user);
        if (number.empty()) number = lower(user);
        scope.numbers.push_back(number + (is_begin ? "*" : ""));
    } else if (kind == "domains") {
        constexpr std::string_view known = "abcdefghijklmnopqrstuvwxyz0123456789.-_:";
        std::string domain = lower(value);
        const bool is_right = domain.find_first_not_of(known) == std::string::npos &&
                              domain.find_first_not_of('.') <= 1 && !domain.ends_with('.');
        if (!is_right) return "not a domain:" + quoted();
        scope.domains.push_back(std::move(domain));
    } else {
        return wire::visible_line(kind) + ": none of networks, numbers, domains";
    }
    return {};
}

std::optional<std::int64_t> time_of(std::string_view text) noexcept {
    const bool is_day = text.size() == 10;
    if (!is_day && text.size() != 20) return std::nullopt;
    constexpr std::string_view shape = "0000-00-00T00:00:00Z";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_right = shape[i] == '0' ? sip::is_digit(text[i]) : text[i] == shape[i];
        if (!is_right) return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t size) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + size, value);
        return value;
    };
    using namespace std::chrono;
    const year_month_day date{year{number(0, 4)}, month{static_cast<unsigned>(number(5, 2))},
                              day{static_cast<unsigned>(number(8, 2))}};
    if (!date.ok()) return std::nullopt;
    const auto midnight = sys_days{date}.time_since_epoch();
    if (is_day) return duration_cast<seconds>(midnight + days{1}).count();
    if (number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59) return std::nullopt;
    const auto time = hours{number(11, 2)} + minutes{number(14, 2)} + seconds{number(17, 2)};
    return duration_cast<seconds>(midnight + time).count();
}

Tokens read_tokens(std::string_view text) {
    Tokens tokens;
    std::set<std::string> names, secrets;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
        if (line.empty() || line.starts_with('#')) continue;
        Token token;
        std::string why = read_line(line, token);
        if (why.empty() && !names.insert(token.name).second) why = "the name is there already";
        if (why.empty() && !token.sha256.empty() && !secrets.insert(token.sha256).second) {
            why = "the secret is another name's already";
        }
        if (why.empty() && tokens.all.size() == most_tokens) why = "more than 10000 tokens";
        if (why.empty()) {
            tokens.all.push_back(std::make_shared<const Token>(std::move(token)));
        } else if (tokens.bad.size() < 20) {
            tokens.bad.push_back({number, wire::visible_line(why)});
        }
    }
    return tokens;
}

}  // namespace ci::web
