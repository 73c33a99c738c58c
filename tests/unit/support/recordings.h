// Recorded traffic; tests/data/recordings/README.md tells the format and the senders.
#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/places.h"
#include "wire/micros.h"
#include "wire/reader.h"

namespace ci::test {

struct Record {
    wire::Micros arrival = 0;
    std::string bytes;
};

inline std::string read_whole(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::vector<Record> split_records(std::string_view content) {
    constexpr std::size_t head = 12;
    std::vector<Record> records;
    while (!content.empty()) {
        if (content.size() < head) throw std::runtime_error("a record is cut");
        const auto bytes = wire::as_bytes(content);
        const auto length = wire::be_at<std::uint32_t>(bytes, 0);
        const auto arrival = wire::be_at<std::int64_t>(bytes, 4);
        if (content.size() - head < length) throw std::runtime_error("a record is cut");
        records.push_back({arrival, std::string(content.substr(head, length))});
        content.remove_prefix(head + length);
    }
    return records;
}

/// All records of `tests/data/recordings/<run>/<file>`.
inline std::vector<Record> read_records(const std::string& run, const std::string& file) {
    return split_records(read_whole(data("recordings/") + run + "/" + file));
}

}  // namespace ci::test
