#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/print.h"
#include "cli/subcommand.h"
#include "cli/text_file.h"
#include "web/access/secret.h"
#include "web/access/tokens.h"

namespace ci::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t shortest_password = 12;  ///< characters, as octets

std::vector<std::string> texts(const po::variables_map& values, const char* name) {
    if (values.count(name) == 0) return {};
    return values[name].as<std::vector<std::string>>();
}

/// A password is not shown while it is typed.
std::string read_password() {
    termios usual{};
    const bool is_terminal = ::isatty(STDIN_FILENO) != 0 && ::tcgetattr(STDIN_FILENO, &usual) == 0;
    if (is_terminal) {
        termios silent = usual;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        std::cerr << "password: ";
    }
    std::string password;
    std::getline(std::cin, password);
    if (is_terminal) {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual);
        std::cerr << '\n';
    }
    return password;
}

void add_scope(const po::variables_map& values, json& token) {
    json scope = json::object();
    for (const auto& [option, kind] :
         {std::pair{"network", "networks"}, {"number", "numbers"}, {"domain", "domains"}}) {
        const auto entries = texts(values, option);
        if (!entries.empty()) scope[kind] = entries;
    }
    if (values.count("all") != 0 && !scope.empty()) {
        throw UsageError("--all leaves nothing for a network, number or domain to add");
    }
    if (values.count("all") != 0) {
        token["scope"] = "all";
    } else if (!scope.empty()) {
        token["scope"] = scope;
    }
}

/// A name that is there already would make the new line no token.
bool has_name(const std::string& tokens, const std::string& name) {
    const auto all = web::read_tokens(tokens).all;
    return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one->name == name; });
}

bool append(const std::string& path, const std::string& before, const std::string& line) {
    ::umask(077);
    std::ofstream file(path, std::ios::app | std::ios::binary);
    if (!before.empty() && before.back() != '\n') file << '\n';  // an editor left it out
    file << line << '\n';
    return static_cast<bool>(file.flush());
}

}  // namespace

Options web_token_options() {
    Options options;
    auto add = options.table.add_options();
    add("name", one("NAME")->required(), "whose it is; the access log has it");
    add("right", several("RIGHT"),
        "look, whole, watch, manage (docs/web.md); as often as wanted; default: look");
    add("all", "may see all calls");
    add("network", several("NETWORK"), "may see calls with a party there; as often as wanted");
    add("number", several("NUMBER"), "likewise of a number or user, 4930* of all that begin so");
    add("domain", several("DOMAIN"), "likewise of a domain, .example.com of all below it");
    add("expires", one("DATE"), "until when: 2027-01-31, or 2027-01-31T12:00:00Z");
    add("password", "read a password from standard input, for a person, in place of a secret");
    add("append", one("FILE"), "append the line to that file instead of printing it");
    options.positional = "name";
    return options;
}

int web_token(const po::variables_map& values) {
    json token = {{"name", values["name"].as<std::string>()}};
    std::string secret;
    if (values.count("password") != 0) {
        const std::string password = read_password();
        if (password.size() < shortest_password) {
            throw UsageError("a password has at least 12 characters");
        }
        token["scrypt"] = web::scrypt_of(password);
    } else {
        secret = web::new_secret();
        token["sha256"] = web::sha256(secret);
    }
    const auto rights = texts(values, "right");
    token["rights"] = rights.empty() ? std::vector<std::string>{"look"} : rights;
    add_scope(values, token);
    if (values.count("expires") != 0) token["expires"] = values["expires"].as<std::string>();
    const std::string line = token.dump(-1, ' ', false, json::error_handler_t::replace);
    // What the server would not take is not made.
    const web::Tokens read = web::read_tokens(line);
    if (!read.bad.empty()) throw UsageError(read.bad.front().why);
    std::string text;
    if (!secret.empty()) text += "secret, shown this once: " + secret + "\n";
    if (values.count("append") == 0) {
        text += "line for the file of tokens:\n" + line + "\n";
    } else {
        const auto& path = values["append"].as<std::string>();
        const std::string before = read_file(path).value_or("");
        if (has_name(before, read.all.front()->name)) {
            throw UsageError(read.all.front()->name + " is in " + path +
                             " already: take another name, or remove its line first");
        }
        if (!append(path, before, line)) {
            complain("cannot write " + path);
            return 2;
        }
    }
    return print(text) ? 0 : 2;
}

}  // namespace ci::cli
