// `import_kazoo DIR`: imports the files of Kazoo's Call Inspector.
//
// A file may hold both Erlang terms and, after them, lines of this program, if it replaced Kazoo's
// inspector. A term that is a chunk goes to its call's file, unless that file has the same line
// already; the rest of the file stays. In the store's own directory each term is replaced by its
// line, file by file and each file in one step (Store::rewrite).
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "inspector/inspector.h"

namespace ci::commands {

struct ImportedCalls {
    std::size_t files = 0;                                    ///< files that held terms
    std::size_t imported = 0;                                 ///< messages
    std::size_t already = 0;                                  ///< messages already in the store
    std::map<std::string, std::size_t, std::less<>> skipped;  ///< by reason, docs/commands.md
    std::string error;  ///< why the import ended early; empty: it did not
};

/// Stops after the current file when the inspector ends.
ImportedCalls import_kazoo(inspector::Inspector& inspector, const std::filesystem::path& directory);

}  // namespace ci::commands
