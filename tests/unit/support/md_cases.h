// Test cases in Markdown, so that people who do not read C++ can add one:
//
//   ## A title that is true when the case passes
//   Why it is so: an RFC, a sender. Any prose.
//   ```sip
//   OPTIONS sip:a@b SIP/2.0
//   ```
//   ```expect
//   method=OPTIONS call_id="3c26700c"
//   ```
//
// Blocks of text: every line ends in CRLF; `\r \n \t \0 \xHH \\ \"` stand for those bytes; a `\` at
// the end of a line takes its CRLF away. Blocks named hex: pairs of digits, "texts", `#` remarks.
#pragma once

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ci::test {

struct Block {
    std::string kind;   ///< the word behind the opening fence
    std::string lines;  ///< as in the file, each with a line feed
};

struct MdCase {
    std::string title;
    std::string place;  ///< "headers.md:12"
    std::vector<Block> blocks;

    /// The first block of that kind; the test fails if there is none.
    [[nodiscard]] const std::string& block(std::string_view kind) const {
        for (const Block& b : blocks) {
            if (b.kind == kind) return b.lines;
        }
        throw std::runtime_error(place + ": no block " + std::string(kind));
    }
    [[nodiscard]] bool has(std::string_view kind) const {
        for (const Block& b : blocks) {
            if (b.kind == kind) return true;
        }
        return false;
    }
};

/// The name of a case in GoogleTest: "headers.md", "An empty name" becomes Headers_AnEmptyName.
inline std::string name_of(const MdCase& md) {
    std::string name;
    bool begins_word = true;
    const auto file = md.place.substr(0, md.place.find('.'));
    for (const char c : file + "_" + md.title) {
        if (c == '_') name.push_back(c);
        const auto u = static_cast<unsigned char>(c);
        if (std::isalnum(u) == 0) {
            begins_word = true;
        } else {
            name.push_back(begins_word ? static_cast<char>(std::toupper(u)) : c);
            begins_word = false;
        }
    }
    return name;
}
inline void PrintTo(const MdCase& md, std::ostream* out) {
    *out << md.place << " " << md.title;
}

inline std::vector<MdCase> read_md_cases(const std::string& path) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot read " + path);
    const auto file = path.substr(path.rfind('/') + 1);
    std::vector<MdCase> cases;
    bool in_block = false;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.starts_with("```")) {
            in_block = !in_block;
            if (in_block && cases.empty())
                throw std::runtime_error(path + ": block before a title");
            if (in_block) cases.back().blocks.push_back({line.substr(3), ""});
        } else if (in_block) {
            cases.back().blocks.back().lines += line + "\n";
        } else if (line.starts_with("## ")) {
            cases.push_back({line.substr(3), file + ":" + std::to_string(number), {}});
        }
    }
    if (in_block) throw std::runtime_error(path + ": a block is not closed");
    return cases;
}

inline std::vector<MdCase> read_md_cases(const std::string& folder,
                                         const std::vector<std::string>& files) {
    std::vector<MdCase> all;
    for (const auto& file : files) {
        auto some = read_md_cases(folder + "/" + file);
        all.insert(all.end(), std::make_move_iterator(some.begin()),
                   std::make_move_iterator(some.end()));
    }
    return all;
}

/// The byte that the escape at `text[at]` stands for; moves `at` behind it.
inline char take_escape(std::string_view text, std::size_t& at) {
    const char kind = at + 1 < text.size() ? text[at + 1] : '\0';
    at += 2;
    switch (kind) {
        case 'r':
            return '\r';
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case '0':
            return '\0';
        case 'x': {
            const auto hex = std::string(text.substr(at, 2));
            at += 2;
            return static_cast<char>(std::stoi(hex, nullptr, 16));
        }
        case '\\':
        case '"':
            return kind;
        default:
            throw std::runtime_error("unknown escape in " + std::string(text));
    }
}

inline std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        out.push_back(text[at] == '\\' ? take_escape(text, at) : text[at++]);
    }
    return out;
}

/// The bytes that a block of text stands for.
inline std::string text_bytes(std::string_view lines) {
    std::string out;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        auto line = lines.substr(0, end);
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
        std::size_t backslashes = 0;
        while (backslashes < line.size() && line[line.size() - 1 - backslashes] == '\\') {
            ++backslashes;
        }
        const bool glued = backslashes % 2 == 1;
        if (glued) line.remove_suffix(1);
        out += unescape(line);
        if (!glued) out += "\r\n";
    }
    return out;
}

/// The bytes that a hex block stands for.
inline std::string hex_bytes(std::string_view lines) {
    std::string out;
    for (std::size_t at = 0; at < lines.size();) {
        const char c = lines[at];
        if (c == '#') {
            at = std::min(lines.find('\n', at), lines.size());
        } else if (c == '"') {
            for (++at; lines.at(at) != '"';) {
                out.push_back(lines[at] == '\\' ? take_escape(lines, at) : lines[at++]);
            }
            ++at;
        } else if (std::isxdigit(static_cast<unsigned char>(c)) != 0) {
            out.push_back(
                static_cast<char>(std::stoi(std::string(lines.substr(at, 2)), nullptr, 16)));
            at += 2;
        } else {
            ++at;
        }
    }
    return out;
}

using Expected = std::map<std::string, std::string>;

/// `key=value key="value with \"escapes\""`, separated by white space.
inline Expected read_expected(std::string_view text) {
    Expected all;
    std::size_t at = 0;
    const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
    while (true) {
        while (at < text.size() && is_space(text[at])) ++at;
        if (at == text.size()) return all;
        const auto equals = text.find('=', at);
        if (equals == std::string_view::npos) {
            throw std::runtime_error("no key=value: " + std::string(text.substr(at)));
        }
        const std::string key(text.substr(at, equals - at));
        at = equals + 1;
        std::string value;
        if (at < text.size() && text[at] == '"') {
            for (++at; text.at(at) != '"';) {
                value.push_back(text[at] == '\\' ? take_escape(text, at) : text[at++]);
            }
            ++at;
        } else {
            while (at < text.size() && !is_space(text[at])) value.push_back(text[at++]);
        }
        all[key] = value;
    }
}

}  // namespace ci::test
