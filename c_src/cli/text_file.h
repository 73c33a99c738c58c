// Reads whole files, for the subcommands.
#pragma once

#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>

namespace ci::cli {

inline std::string read_stream(std::istream& in) {
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Empty: the file cannot be read.
inline std::optional<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::string text = read_stream(in);
    if (in.bad()) return std::nullopt;
    return text;
}

}  // namespace ci::cli
