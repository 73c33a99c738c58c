// The site's files. All of them are read at the start: what is not in the table is not there,
// whatever a path says.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "web/http/message.h"

namespace ci::web {

class Pages {
  public:
    /// Reads the files below `directory`; hidden ones, links and what is none of the known kinds of
    /// files are left out. An empty or missing directory is a site without pages.
    explicit Pages(const std::filesystem::path& directory);

    /// For GET and HEAD.
    [[nodiscard]] Response answer(const Request& request) const;

    [[nodiscard]] bool empty() const noexcept { return files_.empty(); }

  private:
    struct File {
        std::string_view type;
        std::string tag;                                   ///< entity tag without its quotes
        std::shared_ptr<const std::string> plain, packed;  ///< `packed` may be null
    };
    void add(const std::filesystem::path& path, const std::string& name);

    std::map<std::string, File> files_;  ///< by path: "ladder/scene.js"
};

/// Where the pages are: beside the program, in the tree that it was built in, or where a package
/// has them. Empty: nowhere.
[[nodiscard]] std::filesystem::path find_pages();

}  // namespace ci::web
