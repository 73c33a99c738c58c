// `export_kazoo DIR`: writes all calls as files that Kazoo's Call Inspector reads, the reverse of
// import_kazoo. DIR must be empty or missing, so no file is overwritten.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "inspector/inspector.h"

namespace ci::commands {

struct Exported {
    std::size_t calls = 0;                                    ///< files written
    std::size_t messages = 0;                                 ///< in these files
    std::map<std::string, std::size_t, std::less<>> skipped;  ///< by reason, docs/commands.md
    std::string error;  ///< why the export ended early; empty: it did not
};

/// Stops after the current call when the inspector ends.
Exported export_kazoo(inspector::Inspector& inspector, const std::filesystem::path& directory);

/// A JSON object and a line feed.
std::string export_json(const Exported& exported);

}  // namespace ci::commands
