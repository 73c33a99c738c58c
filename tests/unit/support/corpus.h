// Replays a fuzz target's seeds in every ordinary test run.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "support/places.h"
#include "support/recordings.h"

namespace ci::test {

/// The target aborts if a property is violated. Returns the number of seeds.
template <class Target>
std::size_t replay_corpus(const std::string& name, Target target) {
    std::size_t seeds = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(source("tests/fuzz/corpus/") + name)) {
        const auto bytes = read_whole(file.path());
        target(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
        ++seeds;
    }
    return seeds;
}

}  // namespace ci::test
