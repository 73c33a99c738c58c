// The cases of a Markdown file: `## ` begins a case, and the word of a fence names its block.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace ci::erlang {

struct Golden {
    std::string title;
    std::map<std::string, std::string> blocks;
};

inline std::vector<Golden> read_golden(const std::string& file) {
    std::vector<Golden> cases;
    std::ifstream in(file);
    std::string line, block;
    bool fenced = false;
    while (std::getline(in, line)) {
        if (line.starts_with("```")) {
            fenced = !fenced;
            block = line.substr(3);
            if (fenced && !cases.empty()) cases.back().blocks[block] = "";
        } else if (fenced) {
            cases.back().blocks[block] += line + "\n";
        } else if (line.starts_with("## ")) {
            cases.push_back({line.substr(3), {}});
        }
    }
    return cases;
}

inline std::string from_hex(const std::string& text) {
    std::string bytes;
    std::istringstream in(text);
    for (int byte = 0; in >> std::hex >> byte;) bytes.push_back(static_cast<char>(byte));
    return bytes;
}

}  // namespace ci::erlang
