// `export_kazoo DIR`: all calls as files that Kazoo's Call Inspector reads, the way back from
// import_kazoo. DIR is new: nothing there is changed.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "inspector/inspector.h"

namespace ci::commands {

struct Exported {
    std::size_t calls = 0;                                    ///< files written
    std::size_t messages = 0;                                 ///< in them
    std::map<std::string, std::size_t, std::less<>> skipped;  ///< by reason, docs/commands.md
    std::string error;  ///< why it ended before all was done; empty: it did not
};

/// Ends between two calls when the inspector ends.
Exported export_kazoo(inspector::Inspector& inspector, const std::filesystem::path& directory);

/// A JSON object and a line feed.
std::string export_json(const Exported& exported);

}  // namespace ci::commands
