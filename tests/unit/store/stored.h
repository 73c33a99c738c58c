// Shared by the store's tests: a root directory for each test, calls with labels.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "store/disk/path.h"
#include "store/store.h"
#include "support/temporary_directory.h"

namespace ci::test {

inline std::string line_of(const std::string& call_id, const std::string& label) {
    std::string line = "{\"call-id\":";
    chunk::append_json_string(call_id, line);
    return line + ",\"label\":\"" + label + "\"}\n";
}

inline store::Appended append(store::Store& store, const std::string& call_id,
                              const std::string& label) {
    const std::string text = line_of(call_id, label);
    const store::Line one{text, store::key_of(text)};
    return store.append({&one, 1});
}

using Labels = std::vector<std::string>;

inline Labels labels(const store::Store& store, const std::string& call_id) {
    Labels result;
    for (const auto& chunk : store.read(call_id).chunks) result.push_back(chunk.label);
    return result;
}

inline std::filesystem::path file_of(const store::Store& store, const std::string& call_id) {
    return store.root() / store::relative_path(call_id);
}

inline auto in_a_minute() {
    return store::Backlog::Clock::now() + std::chrono::minutes(1);
}

/// Waits until every line is in its call's file.
inline void settle(const store::Store& store) {
    ASSERT_TRUE(store.settle(in_a_minute()));
}

}  // namespace ci::test
