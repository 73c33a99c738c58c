// `import_kazoo DIR`: the files of Kazoo's Call Inspector into ours.
//
// A file may hold both: Erlang terms of before, and our lines of after Kazoo's inspector was
// replaced by this one. Terms that become chunks go to their call's file, unless the same line is
// there already; all else stays where it is. In the store's own directory a term is replaced by its
// line, file by file and each at once (Store::rewrite).
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "inspector/inspector.h"

namespace ci::commands {

struct Imported {
    std::size_t files = 0;                                    ///< that held terms
    std::size_t imported = 0;                                 ///< messages
    std::size_t already = 0;                                  ///< messages that were there
    std::map<std::string, std::size_t, std::less<>> skipped;  ///< by reason, docs/commands.md
    std::string error;  ///< why it ended before all was done; empty: it did not
};

/// Ends between two files when the inspector ends.
Imported import_kazoo(inspector::Inspector& inspector, const std::filesystem::path& directory);

}  // namespace ci::commands
