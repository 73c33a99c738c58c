// The recorded load of 2,000 calls, in memory.
#pragma once

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

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
        test::split_records(unzip(TEST_DATA "/recordings/load_2000calls_hep3/p1.bin.gz"));
    if (records.empty()) throw std::runtime_error("no traffic recorded");
    return records;
}

}  // namespace ci::bench
