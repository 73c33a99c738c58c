// The recorded load of 2,000 calls, in memory.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/places.h"
#include "support/recordings.h"

namespace ci::bench {

inline std::string unzip(const std::string& path) {
    const auto command = "gzip -dc '" + path + "'";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    if (!pipe) throw std::runtime_error("cannot run " + command);
    std::string content;
    char piece[65536];
    while (const auto size = std::fread(piece, 1, sizeof piece, pipe.get())) {
        content.append(piece, size);
    }
    return content;
}

/// 26,002 HEPv3 datagrams of Kamailio.
inline const std::vector<test::Record>& load_of_2000_calls() {
    static const auto records =
        test::split_records(unzip(test::data("recordings/load_2000calls_hep3/p1.bin.gz")));
    if (records.empty()) throw std::runtime_error("no traffic recorded");
    return records;
}

/// The baseline: the datagram copied, and its line ends found.
inline std::size_t copy_and_scan(const test::Record& record) {
    static char copy[65536];
    std::memcpy(copy, record.bytes.data(), record.bytes.size());
    std::size_t lines = 0;
    const char* at = copy;
    const char* const end = copy + record.bytes.size();
    while (const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
        at = static_cast<const char*>(found) + 1;
        ++lines;
    }
    return lines;
}

/// Does `work` with each recorded datagram; it answers 0 for what it refuses.
template <std::size_t (*work)(const test::Record&)>
void recorded_traffic(benchmark::State& state) {
    const auto& records = load_of_2000_calls();
    std::size_t items = 0, bytes = 0;
    for (auto _ : state) {
        for (const auto& record : records) {
            const auto result = work(record);
            if (result == 0) state.SkipWithError("a recorded datagram was refused");
            benchmark::DoNotOptimize(result);
            bytes += record.bytes.size();
        }
        items += records.size();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(items));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

}  // namespace ci::bench
